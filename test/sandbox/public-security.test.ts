import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import iconv from 'iconv-lite';
import t from 'tap';
import { request } from 'undici';
import { root } from '../../src/root.js';
import { startDepartments } from '../../src/sandbox/departments.js';
import { nobody, sampleResidents } from '../../src/sandbox/samples.js';

const secret = 'a secret for tests';
const departments = await startDepartments({ host: '127.0.0.1', apiKey: 'a key for tests', secret });
const { publicSecurity } = departments;
t.teardown(() => departments.close());

interface Signed {
  readonly rid?: string;
  readonly sid?: string;
  readonly rtime?: string;
  readonly secret?: string;
}

function sign({ rid = randomUUID(), sid = 'GA-HJ-0001', rtime = String(Date.now()), ...rest }: Signed = {}) {
  const sign = createHmac('sha256', rest.secret ?? secret)
    .update(sid + rid + rtime)
    .digest('base64');
  return { gjgxjhpt_rid: rid, gjgxjhpt_sid: sid, gjgxjhpt_rtime: rtime, gjgxjhpt_sign: sign };
}

const xmlOf = (residentId: string): string =>
  `<?xml version="1.0" encoding="GB18030"?><request><gmsfhm>${residentId}</gmsfhm></request>`;

async function ask(headers: Record<string, string>, xml: string, path = '/household/query') {
  const answer = await request(publicSecurity.url + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/xml; charset=GB18030' },
    body: iconv.encode(xml, 'gb18030'),
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const text = iconv.decode(bytes, 'gb18030');
  t.equal(answer.headers['content-type'], 'text/xml; charset=GB18030');
  t.equal(XMLValidator.validate(text), true);
  const { response } = new XMLParser({ parseTagValue: false, isArray: name => name === 'ry' }).parse(text);
  return {
    status: answer.statusCode,
    bytes,
    text,
    code: response.head.code,
    rid: response.head.rid,
    body: response.body,
  };
}

t.test('a household is told in XML, GB 18030, its own names and codes', async t => {
  const rid = randomUUID();
  const { status, bytes, text, code, rid: said, body } = await ask(sign({ rid }), xmlOf('440304198804123031'));
  t.equal(status, 200);
  t.equal(code, '0000');
  t.equal(said, rid);
  t.match(text, /^<\?xml version="1\.0" encoding="GB18030"\?>/);
  t.notMatch(bytes.toString('utf8'), /陈思远/, 'it is not UTF-8');
  const { hu } = body;
  t.match(hu, { cxr: '440304198804123031', hh: /^\d{9}$/, hlx: '1', xzqh: '440304', zz: /^深圳市福田区/ });
  t.match(hu.rylb.ry, [
    { gmsfhm: '440304198804123031', xm: '陈思远', yhzgx: '02', xb: '1', csrq: '19880412', qrrq: /^\d{8}$/ },
    { gmsfhm: '440305199008261020', xm: '林晓雯', yhzgx: '10', xb: '2', csrq: '19900826', qrrq: /^\d{8}$/ },
  ]);
  t.equal(hu.rylb.ry.length, 2);
});

t.test('four-byte characters, large and collective households', async t => {
  const rare = await ask(sign(), xmlOf(sampleResidents.rareCharacter.residentId));
  t.equal(rare.body.hu.rylb.ry[0].xm, '林𬱖');
  const large = await ask(sign(), xmlOf(sampleResidents.largeHousehold.residentId));
  t.equal(large.body.hu.rylb.ry.length, 10);
  t.strictSame(
    [...new Set(large.body.hu.rylb.ry.map((one: Record<string, string>) => one.yhzgx))],
    ['02', '10', '50', '20', '97', '40'],
  );
  const collective = await ask(sign(), xmlOf(sampleResidents.collective.residentId));
  t.equal(collective.body.hu.hlx, '2');
  t.equal(collective.body.hu.rylb.ry.length, 1, 'only who was asked about');
  t.equal(collective.body.hu.rylb.ry[0].yhzgx, '98');
});

t.test('the signed headers are held to', async t => {
  const body = xmlOf(sampleResidents.married.residentId);
  const old = String(Date.now() - 5 * 60_000 - 1000);
  const early = String(Date.now() + 5 * 60_000 + 60_000);
  const { gjgxjhpt_sign: _, ...unsigned } = sign();
  for (const [headers, expected, what] of [
    [unsigned, 'E1001', 'no signature'],
    [sign({ sid: 'another' }), 'E1002', 'another service'],
    [sign({ secret: 'another' }), 'E1003', 'signed with another secret'],
    [{ ...sign(), gjgxjhpt_rtime: String(Date.now() - 1000) }, 'E1003', 'time not the signed one'],
    [{ ...sign(), gjgxjhpt_rid: randomUUID() }, 'E1003', 'request id not the signed one'],
    [{ ...sign(), gjgxjhpt_sign: 'AAAA' }, 'E1003', 'a short signature'],
    [sign({ rtime: old }), 'E1004', 'too old'],
    [sign({ rtime: early }), 'E1004', 'too early'],
    [sign({ rtime: 'now' }), 'E1004', 'no time'],
  ] as const) {
    const { status, code, body: told } = await ask(headers, body);
    t.equal(status, 401, what);
    t.equal(code, expected, what);
    t.equal(told, undefined, 'nothing is told');
  }
  const once = sign();
  t.equal((await ask(once, body)).code, '0000');
  t.equal((await ask(once, body)).code, 'E1005', 'the same again');
});

t.test('unknown people, unreadable requests and other paths get error XML', async t => {
  const unknown = await ask(sign(), xmlOf(nobody));
  t.equal(unknown.status, 200);
  t.equal(unknown.code, 'E2001');
  const unreadable = await ask(sign(), '{"gmsfhm":"440304198804123031"}');
  t.equal(unreadable.status, 400);
  t.equal(unreadable.code, 'E1006');
  const other = await ask(sign(), xmlOf(nobody), '/others');
  t.equal(other.status, 404);
  t.equal(other.code, 'E1000');
});

t.test('it knows what it was asked', async t => {
  const rid = randomUUID();
  await ask(sign({ rid }), xmlOf(nobody));
  t.equal(publicSecurity.asked().at(-1), rid);
});

t.test("the contract's first example succeeds", async t => {
  const file = join(root, 'schemas', 'public-security', 'household', 'v1', 'request.json');
  const { residentId } = JSON.parse(readFileSync(file, 'utf8')).examples[0];
  t.equal((await ask(sign(), xmlOf(residentId))).code, '0000');
});
