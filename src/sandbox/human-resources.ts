/** The human resources bureau's own social insurance register: SOAP 1.1 in GBK, behind a UsernameToken of WS-Security. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { libraries } from '../../adapters/libraries.js';
import { type Question, type SampleDepartment, serve } from './department.js';
import { type Insurance, insuranceOf } from './insurance.js';
import { type Answer, type ContentFault, contentFault } from './misbehaviour.js';
import type { Population } from './population.js';
import type { Resident } from './resident.js';
import { escapeXml, withEntities } from './xml.js';

export interface HumanResourcesOptions {
  readonly host: string;
  readonly port: number;
  /** The password of the user `stile`. */
  readonly password: string;
}

/** Target namespace of the service, elements qualified. */
export const insuranceNamespace = 'http://insurance.human-resources.stile.example/query';
const envelopeNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';
const contentType = 'text/xml; charset=GBK';
const user = 'stile';
/** How far the caller's clock may be off, either way. */
const tolerance = 5 * 60_000;
const stateCodes: Readonly<Record<Insurance['state'], string>> = { paying: '1', paused: '2', retired: '3' };
/** When the register was last brought up to date, in China's time. */
const updatedAt = '20261031233000';

const envelope = (status: number, body: string): Answer => ({
  status,
  contentType,
  body: libraries.iconv.encode(
    `<?xml version="1.0" encoding="GBK"?>\n<soap:Envelope xmlns:soap="${envelopeNamespace}"><soap:Body>${body}</soap:Body></soap:Envelope>`,
    'gbk',
  ),
});

/** SOAP 1.1, section 4.4: a fault is sent with the status 500. */
function fault(code: string, text: string, own = ''): Answer {
  const detail =
    own &&
    `<detail><f:InsuranceFault xmlns:f="${insuranceNamespace}"><f:code>${own}</f:code></f:InsuranceFault></detail>`;
  return envelope(
    500,
    `<soap:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring>${detail}</soap:Fault>`,
  );
}

const refused = () => fault('FailedAuthentication', '身份验证失败');
const unreadable = () => fault('soap:Client', '请求报文错误', '1001');
const noRecord = () => fault('soap:Client', '查无参保信息', '2004');

function recordOf({ residentId }: Resident, { state, since, months, employer, base }: Insurance): Answer {
  const person = [
    `<zjhm>${residentId}</zjhm><cbzt>${stateCodes[state]}</cbzt>`,
    `<scjfny>${since.replace('-', '')}01</scjfny><ljjfys>${months}</ljjfys>`,
    employer && `<dwmc>${escapeXml(employer)}</dwmc>`,
    base && `<jfjs>${base}</jfjs>`,
  ].join('');
  return envelope(
    200,
    `<queryInsuranceResponse xmlns="${insuranceNamespace}"><gxsj>${updatedAt}</gxsj><person>${person}</person></queryInsuranceResponse>`,
  );
}

function spoil(answer: Answer, kind: ContentFault): Answer {
  const text = libraries.iconv.decode(answer.body, 'gbk');
  const spoilt = {
    [contentFault.missingField]: text.replace(/<zjhm>[^<]*<\/zjhm>/, ''),
    [contentFault.wrongCode]: text.replace(/<cbzt>\d/, '<cbzt>7'),
    [contentFault.anotherPerson]: text.replace(/<zjhm>[^<]*/, '<zjhm>11010519491231002X'),
    [contentFault.invalidSyntax]: text.replace('</person>', ''),
    [contentFault.duplicateKeys]: text.replace('<zjhm>', '<zjhm>11010519491231002X</zjhm><zjhm>'),
    [contentFault.explosive]: withEntities(text, 'gxsj'),
    [contentFault.invalidEncoding]: text,
  }[kind];
  const body = libraries.iconv.encode(spoilt, 'gbk');
  // No character of GBK begins with 0xff.
  if (kind === contentFault.invalidEncoding) body[body.indexOf('<gxsj>') + '<gxsj>'.length] = 0xff;
  return { ...answer, body };
}

/** What of an envelope this system reads, by local names. */
interface Asked {
  readonly token: {
    readonly name: string;
    readonly password: string;
    readonly nonce: string;
    readonly created: string;
  };
  /** Absent when the body asks for another operation. */
  readonly residentId: string | undefined;
}

const parserOptions = {
  removeNSPrefix: true,
  parseTagValue: false,
  ignoreAttributes: true,
  processEntities: false,
};

const within = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
const textAt = (value: unknown, path: readonly string[]): string | undefined => {
  const found = path.reduce(within, value);
  return typeof found === 'string' ? found : undefined;
};

/** Undefined for what is no envelope. */
function readEnvelope(body: Buffer): Asked | undefined {
  try {
    const parser = new libraries.xml.XMLParser(parserOptions);
    const root: unknown = parser.parse(libraries.iconv.decode(body, 'gbk'));
    const token = (name: string): string =>
      textAt(root, ['Envelope', 'Header', 'Security', 'UsernameToken', name]) ?? '';
    return {
      token: { name: token('Username'), password: token('Password'), nonce: token('Nonce'), created: token('Created') },
      residentId: textAt(root, ['Envelope', 'Body', 'queryInsurance', 'zjhm']),
    };
  } catch {
    return undefined;
  }
}

/** Starts the system over the residents' insurance. */
export function startHumanResources(
  population: Population,
  { host, port, password }: HumanResourcesOptions,
): Promise<SampleDepartment> {
  /** Nonces seen within the tolerance, with when each may be forgotten. */
  const seen = new Map<string, number>();

  /** Whether the token is the user's own, of now, and new (UsernameToken Profile 1.1.1, section 3.1). */
  function isProven({ name, password: given, nonce, created }: Asked['token']): boolean {
    const right = createHash('sha1').update(Buffer.from(nonce, 'base64')).update(created).update(password).digest();
    const digest = Buffer.from(given, 'base64');
    if (name !== user || digest.length !== right.length || !timingSafeEqual(digest, right)) return false;
    const now = Date.now();
    if (!(Math.abs(Date.parse(created) - now) <= tolerance)) return false;
    for (const [old, until] of seen) {
      if (until > now) break;
      seen.delete(old);
    }
    if (seen.has(nonce)) return false;
    seen.set(nonce, now + 2 * tolerance);
    return true;
  }

  function recordAbout(residentId: string): Answer {
    const resident = population.residents.get(residentId);
    if (resident === undefined) return noRecord();
    const insurance = insuranceOf(resident);
    return insurance === undefined ? noRecord() : recordOf(resident, insurance);
  }

  function read({ method, url, headers }: IncomingMessage, body: Buffer | undefined): Question {
    const requestId = String(headers['x-request-id'] ?? '');
    const refuse = (answer: Answer, about = ''): Question => ({ requestId, about, answer: () => answer });
    if (method !== 'POST' || url !== '/services/InsuranceService') return refuse({ ...unreadable(), status: 404 });
    const asked = readEnvelope(body ?? Buffer.alloc(0));
    if (asked === undefined) return refuse(unreadable());
    const { token, residentId } = asked;
    if (!isProven(token)) return refuse(refused(), residentId);
    if (residentId === undefined) return refuse(unreadable());
    return { requestId, operation: 'insurance', about: residentId, answer: () => recordAbout(residentId) };
  }

  return serve({ read, spoil }, host, port);
}
