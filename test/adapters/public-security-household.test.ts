import { createHmac } from 'node:crypto';
import iconv from 'iconv-lite';
import t, { type Test } from 'tap';
import type { Call } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/public-security-household.js';
import { callOf, contextOf } from './calls.js';
import { type Answering, inTurn, startHttp } from './systems.js';

const secret = 'a secret for tests';
const ask = { serviceId: 'GA-HJ-0001' };
const residentId = '440304198804123031';

const member = (change: (xml: string) => string = xml => xml): string =>
  change(
    `<ry><gmsfhm>${residentId}</gmsfhm><xm>陈思远</xm><yhzgx>02</yhzgx><xb>1</xb><csrq>19880412</csrq><qrrq>20150601</qrrq></ry>`,
  );
const household = (members = member()): string =>
  `<body><hu><cxr>${residentId}</cxr><hh>304000001</hh><hlx>1</hlx><zz>深圳市福田区</zz><xzqh>440304</xzqh><rylb>${members}</rylb></hu></body>`;
const head = (rid: string, code = '0000'): string =>
  `<head><code>${code}</code><message>成功</message><rid>${rid}</rid><gxsj>20261101020000</gxsj></head>`;

const expected = {
  residentId,
  householdNumber: '304000001',
  address: '深圳市福田区',
  division: '440304',
  kind: 'family',
  members: [
    {
      residentId,
      name: '陈思远',
      relation: 'head',
      sex: 'male',
      birthDate: '1988-04-12',
      moveInDate: '2015-06-01',
    },
  ],
};

interface Given {
  readonly status?: number;
  readonly type?: string;
  /** What is made of the whole document before it is encoded. */
  readonly change?: (xml: string) => string;
}

/** Answers in GB 18030 with what a test makes of the right answer. */
const answering =
  (body: string, { status = 200, type = 'text/xml; charset=GB18030', change = xml => xml }: Given = {}): Answering =>
  (asked, response) => {
    const rid = String(asked.headers.gjgxjhpt_rid);
    const xml = `<?xml version="1.0" encoding="GB18030"?>\n<response>${head(rid)}${body}</response>`;
    response.writeHead(status, { 'content-type': type });
    response.end(iconv.encode(change(xml), 'gb18030'));
  };

async function asking(t: Test, answer: Answering, call: Partial<Call> = {}, id: unknown = residentId) {
  const system = await startHttp(answer);
  const opened = adapter.open({ baseUrl: `${system.url}/gw/`, secret }, contextOf());
  t.teardown(async () => {
    await opened.close();
    await system.close();
  });
  return { system, answer: await opened.ask({ residentId: id }, callOf({ ask, ...call })) };
}

t.test('a question is signed XML in GB 18030', async t => {
  const before = Date.now();
  const { system, answer } = await asking(t, answering(household()), { requestId: 'r-1' });
  t.strictSame(answer, { body: expected, asOf: '2026-11-01T02:00:00+08:00' });
  const [asked] = system.asked;
  t.equal(asked?.method, 'POST');
  t.equal(asked?.url, '/gw/household/query');
  t.equal(asked?.body, `<?xml version="1.0" encoding="GB18030"?><request><gmsfhm>${residentId}</gmsfhm></request>`);
  const { gjgxjhpt_rid, gjgxjhpt_sid, gjgxjhpt_rtime, gjgxjhpt_sign, traceparent } = asked?.headers ?? {};
  t.equal(asked?.headers['content-type'], 'text/xml; charset=GB18030');
  t.equal(gjgxjhpt_rid, 'r-1');
  t.equal(gjgxjhpt_sid, 'GA-HJ-0001');
  t.ok(Number(gjgxjhpt_rtime) >= before && Number(gjgxjhpt_rtime) <= Date.now());
  const right = createHmac('sha256', secret).update(`GA-HJ-0001r-1${gjgxjhpt_rtime}`).digest('base64');
  t.equal(gjgxjhpt_sign, right);
  t.match(traceparent, /^00-/);
});

t.test('names beyond the common planes, references and optional elements', async t => {
  const rare = member(xml =>
    xml.replace('陈思远', '𬱖&#x20bb7;·&amp;&lt;').replace(/<xb>1<\/xb>|<qrrq>\d+<\/qrrq>/g, ''),
  );
  const { answer } = await asking(t, answering(household(rare)));
  t.strictSame('body' in answer && (answer.body as typeof expected).members, [
    { residentId, name: '𬱖𠮷·&<', relation: 'head', birthDate: '1988-04-12' },
  ]);
  const empty = member(xml => xml.replace('<xb>1</xb>', '<xb/>').replace(/<qrrq>\d+/, '<qrrq>'));
  t.match((await asking(t, answering(household(empty)))).answer, { body: { members: [{ relation: 'head' }] } });
  const many = await asking(t, answering(household(member() + member())));
  t.match(many.answer, { body: { members: { length: 2 } } });
});

t.test('what breaks the contract of the register is malformed', async t => {
  const changed = (from: string | RegExp, to: string): Given => ({ change: xml => xml.replace(from, to) });
  const deep = `${'<a>'.repeat(50)}x${'</a>'.repeat(50)}`;
  for (const [what, given] of [
    ['no household number', changed(/<hh>\d+<\/hh>/, '')],
    ['an unknown relation', changed('<yhzgx>02', '<yhzgx>00')],
    ['an unknown kind', changed('<hlx>1', '<hlx>3')],
    ['an unknown sex', changed('<xb>1', '<xb>9')],
    ['no such day', changed('<csrq>19880412', '<csrq>19880431')],
    ['a number twice', changed('<hh>', '<hh>000000000</hh><hh>')],
    ['a household twice', changed(/<hu>.*<\/hu>/s, '$&$&')],
    ['an element for a text', changed('<hh>304000001', '<hh><x>1</x>')],
    ['no members', changed(/<ry>.*<\/ry>/s, '')],
    ['another question', changed(/<rid>[^<]*/, '<rid>another')],
    ['no code', changed('<code>0000</code>', '')],
    ['an update time that is none', changed('20261101020000', '20261301020000')],
    ['not closed', changed('</rylb>', '')],
    ['two roots', { change: xml => `${xml}<response/>` }],
    ['another root', changed(/response>/g, 'answer>')],
    ['not XML', { change: () => '{"code":"0000"}' }],
    ['nothing', { change: () => '' }],
    ['a control character', changed('深圳市', '深\u0001圳市')],
    ['JSON', { type: 'application/json' }],
    ['no encoding', { type: 'text/xml' }],
    ['another encoding', { type: 'text/xml; charset=UTF-8' }],
    [
      'a document type',
      { change: xml => xml.replace('?>', '?><!DOCTYPE response SYSTEM "http://127.0.0.1:9/x.dtd">') },
    ],
    ['an entity', { change: xml => xml.replace('?>', '?><!DOCTYPE r [<!ENTITY e "x">]>').replace('<zz>', '<zz>&e;') }],
    ['a file', { change: xml => xml.replace('?>', '?><!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>') }],
    ['an entity that nobody declared', changed('<zz>', '<zz>&copy;')],
    ['a bare ampersand', changed('<zz>', '<zz>& ')],
    ['CDATA', changed(/<zz>.*<\/zz>/, '<zz><![CDATA[深圳市]]></zz>')],
    ['too deep', changed('<zz>', `<zy>${deep}</zy><zz>`)],
    ['__proto__', changed('<zz>', '<__proto__><hh>1</hh></__proto__><zz>')],
  ] as [string, Given][]) {
    const { answer } = await asking(t, answering(household(), given));
    t.match(answer, { failure: 'malformed' }, `${what}: ${JSON.stringify(answer)}`);
    t.notMatch(JSON.stringify(answer), /4403|陈思远|深圳/, 'no detail quotes the answer');
  }
});

t.test('bytes that are no character of GB 18030', async t => {
  const broken =
    (spoil: (body: Buffer) => Buffer): Answering =>
    (asked, response) => {
      const rid = String(asked.headers.gjgxjhpt_rid);
      const xml = `<?xml version="1.0" encoding="GB18030"?><response>${head(rid)}${household()}</response>`;
      response.writeHead(200, { 'content-type': 'text/xml; charset=GB18030' });
      response.end(spoil(iconv.encode(xml, 'gb18030')));
    };
  const at = (body: Buffer): number => body.indexOf('<zz>') + '<zz>'.length;
  for (const [what, spoil] of [
    ['0xff', body => Object.assign(body, { [at(body)]: 0xff })],
    [
      'half a character',
      body => Buffer.concat([body.subarray(0, at(body)), Buffer.from([0x81]), Buffer.from('</zz>')]),
    ],
  ] as [string, (body: Buffer) => Buffer][]) {
    t.match((await asking(t, broken(spoil))).answer, { failure: 'malformed' }, what);
  }
});

t.test('codes and statuses', async t => {
  const coded = (code: string): Given => ({ change: xml => xml.replace('<code>0000', `<code>${code}`) });
  t.strictSame((await asking(t, answering('', coded('E2001')))).answer, {
    failure: 'rejected',
    detail: 'code E2001: nobody of that number',
    notActed: true,
  });
  t.strictSame((await asking(t, answering(household(), coded('E9999')))).answer, {
    failure: 'failing',
    detail: 'by its result code',
  });
  for (const [status, failure] of [
    [401, 'denied'],
    [404, 'rejected'],
    [429, 'busy'],
    [500, 'failing'],
    [302, 'malformed'],
    [201, 'malformed'],
  ] as const) {
    t.match((await asking(t, answering(household(), { status }))).answer, { failure }, String(status));
  }
});

t.test('each try is signed anew under the same request id', async t => {
  const drop: Answering = (_, response) => response.socket?.resetAndDestroy();
  const { system, answer } = await asking(t, inTurn(drop, drop, answering(household())));
  t.match(answer, { body: { residentId } });
  t.equal(new Set(system.asked.map(({ headers }) => headers.gjgxjhpt_rid)).size, 1);
  t.equal(new Set(system.asked.map(({ headers }) => headers.gjgxjhpt_sign)).size, 3);
  const unsafe = await asking(t, inTurn(drop, answering(household())), { safe: false });
  t.match(unsafe.answer, { failure: 'unreachable' });
});

t.test('what is asked cannot become markup', async t => {
  const { system } = await asking(t, answering(household()), {}, '</gmsfhm><x a="1">&e;]]>');
  t.match(system.asked[0]?.body, /<gmsfhm>&lt;\/gmsfhm&gt;&lt;x a="1"&gt;&amp;e;\]\]&gt;<\/gmsfhm>/);
});

t.test('documents made to cost time do not', async t => {
  // Each would take minutes to hours in a reader that goes back over what it has read.
  for (const filling of ['<', '<!--', '<a ', '&', '<![CDATA[', '<a>', ']]>', '<?x ', '<a b="', '<a b=1 ']) {
    const { answer } = await asking(t, answering(filling.repeat(900_000 / filling.length)), { deadline: 20_000 });
    t.match(answer, { failure: 'malformed' }, filling);
  }
});
