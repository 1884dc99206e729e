import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import iconv from 'iconv-lite';
import t from 'tap';
import { request } from 'undici';
import { startDepartments } from '../../src/sandbox/departments.js';
import { insuranceOf } from '../../src/sandbox/insurance.js';
import { populate } from '../../src/sandbox/population.js';
import { nobody, sampleResidents } from '../../src/sandbox/samples.js';

const password = 'a password for tests';
const departments = await startDepartments({ host: '127.0.0.1', apiKey: 'a key', secret: 'a secret', password });
const { humanResources } = departments;
t.teardown(() => departments.close());
const population = populate();

const namespace = 'http://insurance.human-resources.stile.example/query';
const oasis = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';

interface Token {
  readonly user?: string;
  readonly password?: string;
  readonly nonce?: string;
  readonly created?: string;
}

/** UsernameToken Profile 1.1.1, section 3.1. */
function tokenOf({ user = 'stile', nonce = randomBytes(16).toString('base64'), ...rest }: Token = {}): string {
  const { created = new Date().toISOString() } = rest;
  const digest = createHash('sha1').update(Buffer.from(nonce, 'base64'));
  digest.update(created + (rest.password ?? password));
  return (
    `<w:Security xmlns:w="${oasis}-wssecurity-secext-1.0.xsd" xmlns:u="${oasis}-wssecurity-utility-1.0.xsd"><w:UsernameToken>` +
    `<w:Username>${user}</w:Username><w:Password Type="${oasis}-username-token-profile-1.0#PasswordDigest">${digest.digest('base64')}</w:Password>` +
    `<w:Nonce>${nonce}</w:Nonce><u:Created>${created}</u:Created></w:UsernameToken></w:Security>`
  );
}

const questionOf = (residentId: string): string =>
  `<q:queryInsurance xmlns:q="${namespace}"><q:zjhm>${residentId}</q:zjhm></q:queryInsurance>`;

async function ask(token: string, question: string, requestId = randomUUID(), path = '/services/InsuranceService') {
  const envelope = 'http://schemas.xmlsoap.org/soap/envelope/';
  const answer = await request(humanResources.url + path, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=GBK', 'x-request-id': requestId },
    body: iconv.encode(
      `<e:Envelope xmlns:e="${envelope}"><e:Header>${token}</e:Header><e:Body>${question}</e:Body></e:Envelope>`,
      'gbk',
    ),
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const text = iconv.decode(bytes, 'gbk');
  t.equal(answer.headers['content-type'], 'text/xml; charset=GBK');
  t.equal(XMLValidator.validate(text), true);
  const parsed = new XMLParser({ parseTagValue: false, removeNSPrefix: true }).parse(text);
  const { Fault: fault, queryInsuranceResponse: reply } = parsed.Envelope.Body;
  return { status: answer.statusCode, bytes, fault, person: reply?.person };
}

t.test('contributions are told in SOAP and GBK, under its own names and codes', async t => {
  const codes = { paying: '1', paused: '2', retired: '3' };
  let withEmployer: Buffer | undefined;
  for (const { residentId } of Object.values(sampleResidents)) {
    const resident = population.residents.get(residentId);
    const insurance = resident && insuranceOf(resident);
    const { status, person, fault, bytes } = await ask(tokenOf(), questionOf(residentId));
    t.equal(status, insurance === undefined ? 500 : 200, residentId);
    if (insurance === undefined) {
      t.equal(fault.detail.InsuranceFault.code, '2004', residentId);
      continue;
    }
    t.strictSame(person, {
      zjhm: residentId,
      cbzt: codes[insurance.state],
      scjfny: `${insurance.since.replace('-', '')}01`,
      ljjfys: String(insurance.months),
      ...(insurance.employer === undefined ? {} : { dwmc: insurance.employer }),
      ...(insurance.base === undefined ? {} : { jfjs: insurance.base }),
    });
    if (insurance.employer !== undefined) withEmployer = bytes;
  }
  t.ok(withEmployer?.includes(iconv.encode('深圳市', 'gbk')), 'an employer in GBK');
});

t.test('only a token of the user, of now and new passes', async t => {
  const question = questionOf(sampleResidents.married.residentId);
  const minutes = (count: number): string => new Date(Date.now() + count * 60_000).toISOString();
  for (const [token, what] of [
    ['', 'none'],
    [tokenOf({ user: 'another' }), 'another user'],
    [tokenOf({ password: 'another' }), 'another password'],
    [tokenOf({ created: minutes(-6) }), 'too old'],
    [tokenOf({ created: minutes(6) }), 'too early'],
    [tokenOf({ created: 'now' }), 'no time'],
    [tokenOf().replace(/<u:Created>[^<]*/, `<u:Created>${minutes(-1)}`), 'another time than the digest has'],
  ] as const) {
    const { status, fault, person } = await ask(token, question);
    t.equal(status, 500, what);
    t.equal(fault.faultcode, 'FailedAuthentication', what);
    t.equal(person, undefined, what);
  }
  const once = tokenOf();
  t.equal((await ask(once, question)).status, 200);
  t.equal((await ask(once, question)).fault.faultcode, 'FailedAuthentication', 'the same again');
});

t.test('unknown people, other operations and other paths get a fault', async t => {
  const unknown = await ask(tokenOf(), questionOf(nobody));
  t.equal(unknown.fault.detail.InsuranceFault.code, '2004');
  const other = await ask(tokenOf(), `<q:deleteInsurance xmlns:q="${namespace}"/>`);
  t.equal(other.fault.detail.InsuranceFault.code, '1001');
  const path = await ask(tokenOf(), questionOf(nobody), undefined, '/services/Other');
  t.equal(path.status, 404);
});

t.test('it knows what it was asked, and exports it', async t => {
  const id = randomUUID();
  await ask(tokenOf(), questionOf(nobody), id);
  t.equal(humanResources.asked().at(-1), id);
  t.match(humanResources.export('insurance'), `${id},insurance`);
});

t.test('contributions fit the lives they are drawn for', async t => {
  const all = [...population.residents.values()].map(resident => ({ resident, insurance: insuranceOf(resident) }));
  const states = { paying: 0, paused: 0, retired: 0, uninsured: 0 };
  for (const { resident, insurance } of all) {
    states[insurance?.state ?? 'uninsured'] += 1;
    if (insurance === undefined) continue;
    const born = Number(resident.birthDate.slice(0, 4));
    const first = Number(insurance.since.slice(0, 4));
    const fits =
      first - born >= 18 && first <= 2024 && insurance.months >= 1 && insurance.months <= (2025 - first) * 12;
    if (!fits) t.fail(`${resident.residentId} ${JSON.stringify(insurance)}`);
    if ((insurance.state === 'paying') !== (insurance.base !== undefined)) t.fail(`${resident.residentId}: base`);
  }
  for (const [state, count] of Object.entries(states)) t.ok(count > 100, `${state}: ${count}`);
});
