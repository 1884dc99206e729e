/** The public security bureau's own household register: XML in GB 18030, behind the signed headers of a data-sharing platform. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { libraries } from '../../adapters/libraries.js';
import { type Question, type SampleDepartment, serve } from './department.js';
import { type Answer, type ContentFault, contentFault } from './misbehaviour.js';
import type { Population } from './population.js';
import type { Household, Relation, Resident } from './resident.js';
import { escapeXml, withEntities } from './xml.js';

export interface PublicSecurityOptions {
  readonly host: string;
  readonly port: number;
  /** The secret that signs `gjgxjhpt_sign`. */
  readonly secret: string;
}

const contentType = 'text/xml; charset=GB18030';
/** How far the caller's clock may be off, either way. */
const tolerance = 5 * 60_000;
/** The one service it offers, as the header `gjgxjhpt_sid` names it. */
export const householdServiceId = 'GA-HJ-0001';

/** GB/T 4761; 98 is this system's own code for a member of a collective household. */
const relationCodes: Readonly<Record<Relation, string>> = {
  head: '02',
  spouse: '10',
  son: '20',
  daughter: '30',
  grandchild: '40',
  parent: '50',
  grandparent: '60',
  sibling: '70',
  other: '97',
  member: '98',
};

const xmlDate = (date: string): string => date.replaceAll('-', '');
/** When the register was last brought up to date, in China's time. */
const updatedAt = '20261101020000';

const document = (status: number, code: string, message: string, requestId: string, body = ''): Answer => ({
  status,
  contentType,
  body: libraries.iconv.encode(
    `<?xml version="1.0" encoding="GB18030"?>\n<response><head><code>${code}</code><message>${message}</message>` +
      `<rid>${escapeXml(requestId)}</rid><gxsj>${updatedAt}</gxsj></head>${body}</response>`,
    'gb18030',
  ),
});

function memberElement(member: Resident): string {
  const moved = `<qrrq>${xmlDate(member.moveInDate)}</qrrq>`;
  return (
    `<ry><gmsfhm>${member.residentId}</gmsfhm><xm>${escapeXml(member.name)}</xm>` +
    `<yhzgx>${relationCodes[member.relation]}</yhzgx><xb>${member.sex === 'male' ? '1' : '2'}</xb>` +
    `<csrq>${xmlDate(member.birthDate)}</csrq>${moved}</ry>`
  );
}

/** A household as the register tells it; of a collective one, only the resident asked about. */
function householdElement(resident: Resident, household: Household): string {
  const members = household.kind === 'family' ? household.members : [resident];
  return (
    `<body><hu><cxr>${resident.residentId}</cxr><hh>${household.number}</hh><hlx>${household.kind === 'family' ? '1' : '2'}</hlx>` +
    `<zz>${escapeXml(household.address)}</zz><xzqh>${household.division}</xzqh>` +
    `<rylb>${members.map(memberElement).join('')}</rylb></hu></body>`
  );
}

function spoil(answer: Answer, fault: ContentFault): Answer {
  const text = libraries.iconv.decode(answer.body, 'gb18030');
  const spoilt = {
    [contentFault.missingField]: text.replace(/<hh>\d*<\/hh>/, ''),
    [contentFault.wrongCode]: text.replace(/<yhzgx>\d\d/, '<yhzgx>00'),
    [contentFault.anotherPerson]: text.replace(/<cxr>[^<]*/, '<cxr>11010519491231002X'),
    [contentFault.invalidSyntax]: text.replace('</rylb>', ''),
    [contentFault.duplicateKeys]: text.replace('<hh>', '<hh>000000000</hh><hh>'),
    [contentFault.explosive]: withEntities(text, 'zz'),
    [contentFault.invalidEncoding]: text,
  }[fault];
  const body = libraries.iconv.encode(spoilt, 'gb18030');
  // No character of GB 18030 begins with 0xff.
  if (fault === contentFault.invalidEncoding) body[body.indexOf('<message>') + '<message>'.length] = 0xff;
  return { ...answer, body };
}

/** Starts the system over the residents' households. */
export function startPublicSecurity(population: Population, options: PublicSecurityOptions): Promise<SampleDepartment> {
  /** Signatures seen within the tolerance, with when each may be forgotten. */
  const seen = new Map<string, number>();

  function forgetOld(now: number): void {
    for (const [sign, until] of seen) {
      if (until > now) return;
      seen.delete(sign);
    }
  }

  /** What is wrong with the headers, or null. */
  function refusal(headers: IncomingMessage['headers']): readonly [string, string] | null {
    const [rid, sid, rtime, sign] = ['rid', 'sid', 'rtime', 'sign'].map(name =>
      String(headers[`gjgxjhpt_${name}`] ?? ''),
    );
    if (!rid || !sid || !rtime || !sign) return ['E1001', '缺少请求头'];
    if (sid !== householdServiceId) return ['E1002', '服务标识不存在'];
    const right = createHmac('sha256', options.secret)
      .update(sid + rid + rtime)
      .digest();
    const given = Buffer.from(sign, 'base64');
    if (given.length !== right.length || !timingSafeEqual(given, right)) return ['E1003', '签名错误'];
    const now = Date.now();
    if (!/^\d{13}$/.test(rtime) || Math.abs(now - Number(rtime)) > tolerance) return ['E1004', '请求时间超出允许范围'];
    forgetOld(now);
    if (seen.has(sign)) return ['E1005', '重复的请求'];
    seen.set(sign, now + 2 * tolerance);
    return null;
  }

  function householdOf(requestId: string, residentId: string): Answer {
    const resident = population.residents.get(residentId);
    if (resident?.household === undefined) return document(200, 'E2001', '查无此人', requestId);
    return document(200, '0000', '成功', requestId, householdElement(resident, resident.household));
  }

  function read(request: IncomingMessage, body: Buffer | undefined): Question {
    const text = libraries.iconv.decode(body ?? Buffer.alloc(0), 'gb18030');
    const requestId = String(request.headers.gjgxjhpt_rid ?? '');
    const residentId = /<gmsfhm>([^<]{0,32})<\/gmsfhm>/.exec(text)?.[1] ?? '';
    const refuse = (status: number, code: string, message: string): Question => ({
      requestId,
      about: residentId,
      answer: () => document(status, code, message, requestId),
    });
    if (request.method !== 'POST' || request.url !== '/household/query') return refuse(404, 'E1000', '接口不存在');
    const fault = refusal(request.headers);
    if (fault !== null) return refuse(401, ...fault);
    if (residentId === '' || !text.startsWith('<?xml ')) return refuse(400, 'E1006', '请求报文错误');
    return { requestId, operation: 'household', about: residentId, answer: () => householdOf(requestId, residentId) };
  }

  return serve({ read, spoil }, options.host, options.port);
}
