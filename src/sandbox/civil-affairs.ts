/** The civil affairs bureau's own marriage registration system: JSON with its own names, code lists and dates. */
import type { IncomingMessage } from 'node:http';
import { type Question, type SampleDepartment, serve } from './department.js';
import { type Answer, type ContentFault, contentFault } from './misbehaviour.js';
import type { Population } from './population.js';
import type { Marriage, Resident } from './resident.js';

export interface Appointment {
  /** `YY20270520-000001` */
  readonly yybh: string;
  readonly zjhm: string;
  readonly dfzjhm: string;
  /** `20270520` */
  readonly yyrq: string;
  /** The registration office: its division and number. */
  readonly djcbh: string;
}

export interface CivilAffairs extends SampleDepartment {
  /** Every appointment it has taken, oldest first. */
  appointments(): readonly Appointment[];
}

export interface CivilAffairsOptions {
  readonly host: string;
  readonly port: number;
  /** What the header `X-Api-Key` must hold. */
  readonly apiKey: string;
}

/** Registration offices by number. */
export const offices: readonly string[] = [
  '440303-01',
  '440304-01',
  '440305-01',
  '440306-01',
  '440306-02',
  '440307-01',
];

const contentType = 'application/json; charset=utf-8';
const json = (status: number, body: unknown): Answer => ({
  status,
  contentType,
  body: Buffer.from(JSON.stringify(body)),
});
const error = (status: number, code: string, msg: string): Answer => json(status, { code, msg, data: null });
const unauthorised = error(401, '1001', '接口密钥无效');
const unknownPath = error(404, '1004', '接口不存在');
const noRecord = error(404, '2004', '查无婚姻登记信息');

/** GB/T 2261.2: 20 married, 21 for the first time, 22 again; 30 widowed; 40 divorced. */
function maritalCode({ state, order }: Marriage): string {
  if (state === 'widowed') return '30';
  if (state === 'divorced') return '40';
  return { unsaid: '20', first: '21', again: '22' }[order];
}

const compactDate = (date: string): string => date.replaceAll('-', '');
const isText = (value: unknown): value is string => typeof value === 'string';
/** When the register was last brought up to date, in China's time. */
const updatedAt = '20261031060000';

function recordOf(resident: Resident, marriage: Marriage): Answer {
  const spouse = marriage.state === 'married' ? marriage.spouses.find(one => one !== resident) : undefined;
  const data = {
    zjhm: resident.residentId,
    xm: resident.name,
    hyzk: maritalCode(marriage),
    djrq: compactDate(marriage.endedOn ?? marriage.marriedOn),
    ...(spouse === undefined ? {} : { poxm: spouse.name, pozjhm: spouse.residentId }),
    zsbh: marriage.certificateNumber,
    gxsj: updatedAt,
  };
  return json(200, { code: '0', msg: '成功', data });
}

function spoil(answer: Answer, fault: ContentFault): Answer {
  const text = answer.body.toString();
  const spoilt = {
    [contentFault.missingField]: text.replace(/"zjhm":"[^"]*",/, ''),
    [contentFault.wrongCode]: text.replace(/"hyzk":"\d\d"/, '"hyzk":"77"'),
    [contentFault.anotherPerson]: text.replace(/"zjhm":"[^"]*"/, '"zjhm":"11010519491231002X"'),
    [contentFault.invalidSyntax]: text.slice(0, -1),
    [contentFault.duplicateKeys]: text.replace('"data":{', '"data":{"zjhm":"11010519491231002X",'),
    [contentFault.explosive]: '['.repeat(100_000) + ']'.repeat(100_000),
    [contentFault.invalidEncoding]: text,
  }[fault];
  const body = Buffer.from(spoilt);
  if (fault === contentFault.invalidEncoding) body[text.indexOf('"msg":"') + '"msg":"'.length] = 0xff;
  return { ...answer, body };
}

/** Starts the system over the residents' marriages. */
export async function startCivilAffairs(population: Population, options: CivilAffairsOptions): Promise<CivilAffairs> {
  const records = new Map<string, Answer>();
  const appointments: Appointment[] = [];
  const answered = new Map<string, { readonly request: string; readonly answer: Answer }>();

  /** Answers are made once a resident: this server is also the upstream of the benchmark. */
  function marriageOf(residentId: string): Answer {
    const known = records.get(residentId);
    if (known !== undefined) return known;
    const resident = population.residents.get(residentId);
    if (resident?.marriage === undefined) return noRecord;
    const answer = recordOf(resident, resident.marriage);
    records.set(residentId, answer);
    return answer;
  }

  function book(body: Record<string, unknown>): Answer {
    const { zjhm, dfzjhm, yyrq, djcbh } = body;
    if (!isText(zjhm) || !isText(dfzjhm) || !isText(yyrq) || !isText(djcbh)) return error(400, '3000', '请求字段不全');
    if (!/^\d{8}$/.test(yyrq)) return error(400, '3001', '预约日期格式错误');
    if (!offices.includes(djcbh)) return error(422, '3002', '婚姻登记处不存在');
    if (zjhm === dfzjhm) return error(422, '3003', '双方不能为同一人');
    const married = [zjhm, dfzjhm].some(id => population.residents.get(id)?.marriage?.state === 'married');
    if (married) return error(422, '3004', '当事人已登记结婚');
    const yybh = `YY${yyrq}-${String(appointments.length + 1).padStart(6, '0')}`;
    const appointment = { yybh, zjhm, dfzjhm, yyrq, djcbh };
    appointments.push(appointment);
    return json(201, { code: '0', msg: '成功', data: appointment });
  }

  /** One request id acts once: the same request gets the same answer, another one under that id is refused. */
  function bookOnce(requestId: string, body: Record<string, unknown>): Answer {
    if (requestId === '') return error(400, '3005', '缺少请求编号');
    const request = JSON.stringify(body);
    const earlier = answered.get(requestId);
    if (earlier !== undefined) return earlier.request === request ? earlier.answer : error(409, '3006', '请求编号重复');
    const answer = book(body);
    answered.set(requestId, { request, answer });
    return answer;
  }

  function read(request: IncomingMessage, body: Buffer | undefined): Question {
    const { headers, method, url = '' } = request;
    const requestId = String(headers['x-request-id'] ?? '');
    const refuse = (answer: Answer): Question => ({ requestId, about: '', answer: () => answer });
    if (headers['x-api-key'] !== options.apiKey) return refuse(unauthorised);
    if (method === 'GET' && url.startsWith(marriagesPath)) {
      const residentId = decode(url.slice(marriagesPath.length));
      return { requestId, operation: 'marriages', about: residentId, answer: () => marriageOf(residentId) };
    }
    if (method !== 'POST' || (url !== lookUpPath && url !== appointmentsPath)) return refuse(unknownPath);
    const fields = parse(body);
    if (fields === undefined) return refuse(error(400, '3007', '请求不是合法的 JSON'));
    if (url === lookUpPath) {
      const residentId = String(fields.zjhm);
      return { requestId, operation: 'marriages', about: residentId, answer: () => marriageOf(residentId) };
    }
    const about = String(fields.zjhm);
    return { requestId, operation: 'appointments', about, answer: () => bookOnce(requestId, fields) };
  }

  const department = await serve({ read, spoil }, options.host, options.port);
  return { ...department, appointments: () => appointments };
}

const marriagesPath = '/api/marriages/';
/** The same look-up without the number in the address, where every log on the way would keep it. */
const lookUpPath = '/api/marriages';
const appointmentsPath = '/api/appointments';

/** The path segment; a broken escape names nobody. */
function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

function parse(body: Buffer | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(String(body));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
