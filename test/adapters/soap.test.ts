/** What the soap adapter sends, and what it makes of the answers of a real server. */
import iconv from 'iconv-lite';
import t from 'tap';
import { answered, asking, document, envelope, good, guarded, inCharset, namespace, replyOf } from './soap-system.js';
import { type Answering, type Asked, inTurn } from './systems.js';

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const soap12 = 'http://www.w3.org/2003/05/soap-envelope';
const declaration = '<?xml version="1.0" encoding="UTF-8"?>';

t.test('a question in SOAP 1.1', async t => {
  const { answer, asked } = await asking(t, envelope(good), { call: { requestId: 'r-1' } });
  t.strictSame(answer, answered);
  const { method, url, headers, body } = asked[0] as Asked;
  t.equal(`${method} ${url}`, 'POST /services/marriage');
  t.equal(headers['content-type'], 'text/xml; charset=UTF-8');
  t.equal(headers.soapaction, '"urn:queryMarriage"');
  t.equal(headers.accept, 'text/xml');
  t.equal(headers['x-request-id'], 'r-1');
  t.match(headers.traceparent, /^00-/);
  const content = '<m:queryMarriage><m:zjhm>1</m:zjhm></m:queryMarriage>';
  t.equal(
    body,
    `${declaration}<s:Envelope xmlns:s="${soap11}" xmlns:m="${namespace}"><s:Body>${content}</s:Body></s:Envelope>`,
  );
});

t.test('a question in SOAP 1.2', async t => {
  const settings = { version: '1.2' };
  const { answer, asked } = await asking(t, envelope(good, { version: '1.2' }), { settings });
  t.strictSame(answer, answered);
  t.equal(asked[0]?.headers['content-type'], 'application/soap+xml; charset=UTF-8; action="urn:queryMarriage"');
  t.equal(asked[0]?.headers.soapaction, undefined);
  t.match(asked[0]?.body, `<s:Envelope xmlns:s="${soap12}"`);
  const without = await asking(t, envelope(good, { version: '1.2' }), { settings, ask: { action: undefined } });
  t.equal(without.asked[0]?.headers['content-type'], 'application/soap+xml; charset=UTF-8');
  const old = await asking(t, envelope(good), { ask: { action: undefined } });
  t.equal(old.asked[0]?.headers.soapaction, '""', 'which 1.1 requires');
});

t.test('elements go in the order of config, lists one by one, each in its namespace', async t => {
  const ask = {
    body: {
      fields: {
        yyrq: { from: 'date', date: 'YYYYMMDD' },
        'd:qu': { from: 'area', fields: { 'd:dm': 'code', mc: 'name' } },
        xb: { from: 'sex', codes: { '1': 'male', '2': 'female' } },
        sl: 'count',
        kx: { from: 'none', optional: true },
        ry: { from: 'people', each: { fields: { xm: 'name' } } },
        bz: { from: 'notes', each: { as: 'text' } },
      },
    },
  };
  const request = {
    ...{ count: 2, sex: 'female', notes: ['a', 'b'], people: [{ name: '张三' }, { name: '李四' }] },
    ...{ area: { name: '福田', code: '440304' }, date: '2026-11-01' },
  };
  const settings = { namespaces: { d: 'urn:division' } };
  const { asked } = await asking(t, envelope(good), { ask, request, settings });
  const content = [
    '<m:queryMarriage><m:yyrq>20261101</m:yyrq>',
    '<n0:qu><n0:dm>440304</n0:dm><m:mc>福田</m:mc></n0:qu><m:xb>2</m:xb><m:sl>2</m:sl>',
    '<m:ry><m:xm>张三</m:xm></m:ry><m:ry><m:xm>李四</m:xm></m:ry><m:bz>a</m:bz><m:bz>b</m:bz></m:queryMarriage>',
  ].join('');
  t.match(asked[0]?.body, `<s:Body>${content}</s:Body>`);
  t.match(asked[0]?.body, ` xmlns:m="${namespace}" xmlns:n0="urn:division">`);
  const bare = await asking(t, envelope(good), { settings: { qualified: false } });
  t.match(bare.asked[0]?.body, '<m:queryMarriage><zjhm>1</zjhm></m:queryMarriage>');
  const empty = await asking(t, envelope(good), { ask: { body: undefined } });
  t.match(empty.asked[0]?.body, '<m:queryMarriage></m:queryMarriage>');
});

t.test('names are those of the declared namespaces, whatever prefixes the system takes', async t => {
  const unqualified = `<x:queryMarriageResponse xmlns:x="${namespace}"><zjhm>1</zjhm><xm>张三</xm></x:queryMarriageResponse>`;
  const qualified = good;
  const settings = { qualified: false };
  t.strictSame((await asking(t, envelope(unqualified), { settings })).answer, answered);
  t.match((await asking(t, envelope(unqualified))).answer, { failure: 'malformed', detail: 'id is missing' });
  t.match((await asking(t, envelope(qualified), { settings })).answer, { failure: 'malformed' });
  const two = replyOf('<zjhm>1</zjhm><xm xmlns="urn:a">李四</xm><q:xm xmlns:q="urn:b">张三</q:xm>');
  const ask = { reply: { fields: { id: 'zjhm', name: 'b:xm' } } };
  const other = await asking(t, envelope(two), { ask, settings: { namespaces: { b: 'urn:b' } } });
  t.strictSame(other.answer, answered, 'an element of a namespace that config does not name is not read');
});

t.test('a list is one where config says each, however many there are', async t => {
  const ask = {
    reply: {
      fields: { rows: { from: 'rows.row', each: { fields: { n: 'n', of: { from: 'v', each: { as: 'number' } } } } } },
    },
  };
  const row = '<row><n>a</n><v>1</v><v>2</v></row>';
  for (const [xml, rows] of [
    ['<rows/>', []],
    [`<rows>${row}</rows>`, [{ n: 'a', of: [1, 2] }]],
    [
      `<rows>${row}<other/><row><n>b</n></row></rows>`,
      [
        { n: 'a', of: [1, 2] },
        { n: 'b', of: [] },
      ],
    ],
  ] as const) {
    t.strictSame((await asking(t, envelope(replyOf(xml)), { ask })).answer, { body: { rows } }, xml);
  }
  t.match((await asking(t, envelope(replyOf('')), { ask })).answer, { detail: 'rows is missing' });
  const second = { reply: { fields: { n: 'rows.row.1.n' } } };
  const two = replyOf(`<rows>${row}<row><n>b</n></row></rows>`);
  t.strictSame((await asking(t, envelope(two), { ask: second })).answer, { body: { n: 'b' } });
});

t.test('an element that occurs twice where one is read, or holds elements where text is, is malformed', async t => {
  for (const [xml, detail] of [
    ['<zjhm>1</zjhm><zjhm>2</zjhm><xm>张三</xm>', 'zjhm occurs more than once'],
    ['<zjhm>1</zjhm><xm><a>张三</a></xm>', 'xm is no text'],
    ['<zjhm>1</zjhm>', 'name is missing'],
    ['<zjhm>1</zjhm><xm xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>', 'name is missing'],
  ] as const) {
    t.strictSame((await asking(t, envelope(replyOf(xml)))).answer, { failure: 'malformed', detail }, xml);
  }
  const optional = { reply: { fields: { id: 'zjhm', name: { from: 'xm', optional: true } } } };
  const twice = replyOf('<zjhm>1</zjhm><xm>a</xm><xm>b</xm>');
  t.match((await asking(t, envelope(twice), { ask: optional })).answer, { failure: 'malformed' }, 'nothing is dropped');
  const unread = await asking(t, envelope(replyOf('<zjhm>1</zjhm><xm> 张三\n</xm><z/><z>2</z>')));
  t.strictSame(unread.answer, answered, 'what config does not read may be anything');
  const parts = replyOf('<zjhm>1</zjhm><xm>张<!-- <xm> --><![CDATA[三]]></xm>');
  t.strictSame((await asking(t, envelope(parts))).answer, answered);
  const referred = replyOf('<zjhm>1</zjhm><xm>&#x5f20;&#19977;&amp;<![CDATA[&amp;<a>]]></xm>');
  t.match((await asking(t, envelope(referred))).answer, { body: { name: '张三&&amp;<a>' } });
});

t.test('both kinds of password, as a service that verifies them has it', async t => {
  const token = { user: 'stile', password: 'p<&ss' };
  for (const [type, kind] of [
    ['text', 'PasswordText'],
    ['digest', 'PasswordDigest'],
  ] as const) {
    const password = type === 'text' ? 'p&lt;&amp;ss' : token.password;
    const right = guarded(kind, password, envelope(good));
    const { answer, asked } = await asking(t, right, { settings: { usernameToken: { ...token, type } } });
    t.strictSame(answer, answered, type);
    t.match(asked[0]?.body, 's:mustUnderstand="1"');
    if (type === 'digest') t.notMatch(asked[0]?.body, /p(?:<|&lt;)/, 'a digest does not tell the password');
    const wrong = { ...token, password: 'other', type };
    const refused = await asking(t, right, { settings: { usernameToken: wrong } });
    t.strictSame(refused.answer, { failure: 'denied', detail: 'fault FailedAuthentication', notActed: true });
  }
});

t.test('each try proves itself anew', async t => {
  const drop: Answering = (_, response) => response.socket?.resetAndDestroy();
  const answers = inTurn(drop, drop, envelope(good));
  const settings = { usernameToken: { user: 'stile', password: 'secret', type: 'digest' } };
  const { answer, asked } = await asking(t, guarded('PasswordDigest', 'secret', answers), { settings });
  t.strictSame(answer, answered);
  t.equal(new Set(asked.map(({ body }) => /<wsse:Nonce[^>]*>([^<]*)/.exec(body)?.[1])).size, 3);
  t.equal(new Set(asked.map(({ headers }) => headers['x-request-id'])).size, 1);
  const unsafe = await asking(t, inTurn(drop, envelope(good)), { call: { safe: false } });
  t.match(unsafe.answer, { failure: 'unreachable' });
  t.equal(unsafe.asked.length, 1);
});

t.test('the call is told in header blocks where config asks for them', async t => {
  const callBlock = { namespace: 'urn:call', names: { requestId: 'rid', case: 'ajh', operator: 'jbr' } };
  const call = { requestId: 'r-1', case: '</c:ajh><admin/>' };
  const { asked } = await asking(t, envelope(good), { settings: { callBlock, callHeaders: {} }, call });
  const block = '<c:rid xmlns:c="urn:call">r-1</c:rid><c:ajh xmlns:c="urn:call">&lt;/c:ajh&gt;&lt;admin/&gt;</c:ajh>';
  t.match(asked[0]?.body, `<s:Header>${block}</s:Header><s:Body>`);
  t.equal(asked[0]?.headers['x-request-id'], undefined);
});

t.test('answers in each encoding, told in each way', async t => {
  const rare = replyOf('<zjhm>1</zjhm><xm>张三</xm>');
  const declared = (charset: string) => (xml: string) => `<?xml version="1.0" encoding="${charset}"?>${xml}`;
  const big = (xml: string): Buffer => Buffer.from(xml, 'utf16le').swap16();
  for (const [what, type, encode] of [
    ['GB18030 by the media type', 'text/xml; charset=GB18030', inCharset('gb18030')],
    ['GBK by the media type', 'text/xml;charset="gbk"', inCharset('gbk')],
    ['GBK by the declaration', 'text/xml', (xml: string) => inCharset('gbk')(declared('GBK')(xml))],
    ['GB2312 and GB18030', 'text/xml; charset=gb2312', (xml: string) => inCharset('gb18030')(declared('GB18030')(xml))],
    ['UTF-16 by its mark', 'text/xml', inCharset('utf-16le', true)],
    [
      'UTF-16, all three',
      'text/xml; charset=utf-16',
      (xml: string) => inCharset('utf-16be', true)(declared('UTF-16')(xml)),
    ],
    ['UTF-16BE without a mark', 'text/xml; charset=utf-16', big],
    ['UTF-8 with a mark', 'text/xml; charset=utf-8', inCharset('utf-8', true)],
    ['nothing said', 'text/xml', inCharset('utf-8')],
  ] as [string, string, (xml: string) => Buffer][]) {
    t.strictSame((await asking(t, envelope(rare, { type, encode }))).answer, answered, what);
  }
  for (const [what, type, encode] of [
    ['GBK said to be UTF-8', 'text/xml; charset=utf-8', inCharset('gbk')],
    ['the declaration says otherwise', 'text/xml; charset=utf-8', (xml: string) => Buffer.from(declared('GBK')(xml))],
    ['the mark says otherwise', 'text/xml; charset=gbk', inCharset('utf-8', true)],
    ['the other byte order', 'text/xml; charset=utf-16be', inCharset('utf-16le', true)],
    ['UTF-16 that is UTF-8', 'text/xml; charset=utf-16', inCharset('utf-8')],
    ['UTF-16 that declares UTF-8', 'text/xml', (xml: string) => inCharset('utf-16le', true)(declared('UTF-8')(xml))],
    ['one that is not read', 'text/xml; charset=iso-8859-1', inCharset('utf-8')],
    ['UTF-7', 'text/xml', (xml: string) => Buffer.from(declared('UTF-7')(xml))],
    [
      'half a character',
      'text/xml; charset=utf-8',
      (xml: string) => Buffer.from(xml.replace('三', '\u00e4'), 'latin1'),
    ],
    ['two', 'text/xml; charset=utf-8; charset=gbk', inCharset('utf-8')],
  ] as [string, string, (xml: string) => Buffer][]) {
    t.match(
      (await asking(t, envelope(rare, { type, encode }))).answer,
      { failure: 'malformed', detail: /^body: / },
      what,
    );
  }
});

t.test('questions in the encoding of config', async t => {
  for (const [charset, decoder] of [
    ['GB18030', 'gb18030'],
    ['GBK', 'gbk'],
    ['UTF-16', 'utf-16'],
  ] as const) {
    const { answer, asked } = await asking(t, envelope(good), { settings: { charset }, request: { id: '张' } });
    t.strictSame(answer, answered);
    t.equal(asked[0]?.headers['content-type'], `text/xml; charset=${charset}`);
    const text = iconv.decode(asked[0]?.bytes ?? Buffer.alloc(0), decoder);
    t.match(text, `<?xml version="1.0" encoding="${charset}"?>`);
    t.match(text, '<m:zjhm>张</m:zjhm>', charset);
  }
  const rare = await asking(t, envelope(good), { settings: { charset: 'GBK' }, request: { id: '𬱖' } });
  t.strictSame(rare.answer, {
    failure: 'rejected',
    detail: 'not asked: a character that GBK cannot hold',
    notActed: true,
  });
  t.equal(rare.asked.length, 0);
  const usernameToken = { user: '𬱖', password: 'secret', type: 'digest' };
  const user = await asking(t, envelope(good), { settings: { charset: 'GBK', usernameToken } });
  t.match(user.answer, { failure: 'rejected', detail: 'not asked: a character that GBK cannot hold' });
});

t.test('an answer nested too deeply is malformed', async t => {
  const deep = replyOf(`<zjhm>1</zjhm><xm>张三</xm>${'<a>'.repeat(30)}${'</a>'.repeat(30)}`);
  t.match((await asking(t, envelope(deep))).answer, { failure: 'malformed', detail: 'body: nested too deeply' });
  t.strictSame((await asking(t, envelope(deep), { call: { depthLimit: 40 } })).answer, answered);
});

t.test('what is no answer of SOAP is malformed', async t => {
  const multipart = '--b\r\nContent-Type: application/xop+xml; type="text/xml"\r\n\r\n<soap:Envelope/>\r\n--b--\r\n';
  const head = '<soap:Header><w:S xmlns:w="urn:w" soap:mustUnderstand="1"/></soap:Header>';
  for (const [what, answering, detail] of [
    ['MTOM', document(multipart, 'multipart/related; type="application/xop+xml"; boundary=b'), 'body: content type'],
    ['JSON', document('{}', 'application/json'), 'body: content type'],
    ['the media type of 1.2', envelope(good, { type: 'application/soap+xml' }), 'body: content type'],
    ['no media type', document('', ''), 'body: content type'],
    ['the envelope of 1.2', envelope(good, { version: '1.2', type: 'text/xml' }), 'body: no envelope of SOAP 1.1'],
    ['a page', document('<html><body/></html>'), 'body: no envelope of SOAP 1.1'],
    ['no XML', document('hello'), 'body: not XML'],
    ['nothing', document(''), 'body: not XML'],
    ['two roots', document('<a/><b/>'), 'body: not XML'],
    ['text after the root', document('<a/>b'), 'body: not XML'],
    ['an empty body', envelope(''), 'body: a body without its one element'],
    ['two elements', envelope(good + good), 'body: a body without its one element'],
    ['another element', envelope(good.replaceAll('queryMarriageResponse', 'other')), /^body: another element/],
    ['another namespace', envelope(good.replaceAll(namespace, 'urn:other')), /^body: another element/],
    ['a header to be understood', envelope(good, { head }), 'body: a header that must be understood, and is not'],
    ['an undeclared prefix', envelope(replyOf('<q:zjhm>1</q:zjhm>')), 'body: a namespace that is not declared'],
    ['two prefixes', envelope(replyOf('<r:r:zjhm>1</r:r:zjhm>')), 'body: a namespace that is not declared'],
    ['a prefix of nothing', envelope(replyOf('<q:x xmlns:q="">1</q:x>')), 'body: a namespace that is not declared'],
    ['a processing instruction', envelope(replyOf('<?php x?>')), 'body: a processing instruction'],
    ['a redirect', document('', 'text/xml', 302), 'status 302'],
    ['a status without an answer', document('', 'text/xml', 202), 'body: not XML'],
  ] as [string, Answering, string | RegExp][]) {
    const { answer } = await asking(t, answering);
    t.match(answer, { failure: 'malformed', detail }, what);
  }
  const polite = head.replace('"1"', '"0"');
  t.strictSame((await asking(t, envelope(good, { head: polite }))).answer, answered);
});
