/** XML that tries to read files, reach hosts, cost time or memory or become markup, in answers and through values of a request. */
import t from 'tap';
import { answered, asking, document, envelope, envelopeOf, good, guarded, replyOf } from '../adapters/soap-system.js';
import { startHttp } from '../adapters/systems.js';

const host = await startHttp((_, response) => response.end('<!ENTITY e "reached">'));
t.teardown(() => host.close());

/** Documents with something before the envelope, and something where a name belongs. */
const attack = (before: string, name = '张三', after = ''): string =>
  `<?xml version="1.0"?>${before}${envelopeOf(replyOf(`<zjhm>1</zjhm><xm>${name}</xm>`), '1.1')}${after}`;

t.test('no document type, no entity, no file and no host', async t => {
  const levels = Array.from({ length: 9 }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`).join('');
  for (const [what, xml] of [
    ['a document type', attack('<!DOCTYPE x>')],
    ['one in small letters', attack('<!doctype x>')],
    ['an external one', attack(`<!DOCTYPE x SYSTEM "${host.url}/x.dtd">`)],
    ['a public one', attack(`<!DOCTYPE x PUBLIC "-//X" "${host.url}/x.dtd">`)],
    ['a file', attack('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', '&e;')],
    ['a host', attack(`<!DOCTYPE x [<!ENTITY e SYSTEM "${host.url}/">]>`, '&e;')],
    ['a parameter entity', attack(`<!DOCTYPE x [<!ENTITY % p SYSTEM "${host.url}/p"> %p;]>`, '&e;')],
    ['a billion laughs', attack(`<!DOCTYPE x [<!ENTITY e0 "ha">${levels}]>`, '&e9;')],
    ['quadratic growth', attack(`<!DOCTYPE x [<!ENTITY e "${'a'.repeat(50_000)}">]>`, '&e;'.repeat(10_000))],
    ['an entity of HTML', attack('', '&copy;')],
    ['an entity that nobody declared', attack('', '&e;')],
    ['a bare ampersand', attack('', 'a & b')],
    ['a document type after a comment', attack('<!-- --><!DOCTYPE x>')],
    ['a document type after the root', attack('', '张三', '<!DOCTYPE x>')],
    ['a document type inside', attack('', '<!DOCTYPE x>')],
    ['a document type between sections', attack('', '<![CDATA[a]]><!DOCTYPE x><![CDATA[a]]>')],
    ['a section that does not end', attack('', '<![CDATA[a')],
    ['a comment that does not end', attack('', '<!-- a')],
    ['XML of another version', attack('<?xml-stylesheet href="x"?>')],
  ] as const) {
    const { answer } = await asking(t, document(xml));
    t.match(answer, { failure: 'malformed', detail: /^body: / }, `${what}: ${JSON.stringify(answer)}`);
  }
  t.equal(host.asked.length, 0, 'nobody was asked for anything');
  const hidden = Buffer.from(`\ufeff${attack('<!DOCTYPE x>')}`, 'utf16le');
  t.match((await asking(t, document(hidden, 'text/xml'))).answer, { failure: 'malformed' }, 'in UTF-16 too');
});

t.test('what only looks like them is text', async t => {
  for (const [written, name] of [
    ['<![CDATA[<!DOCTYPE x [<!ENTITY e "x">]>&e;]]>', '<!DOCTYPE x [<!ENTITY e "x">]>&e;'],
    ['a<!-- <!DOCTYPE x> &e; -->b', 'ab'],
    ['&lt;!DOCTYPE x&gt;&amp;e;', '<!DOCTYPE x>&e;'],
    ['&amp;lt;', '&lt;'],
  ] as const) {
    t.strictSame((await asking(t, document(attack('', written)))).answer, { body: { id: '1', name } }, written);
  }
});

t.test('characters that XML cannot hold do not come as references either', async t => {
  for (const name of ['&#0;', '&#1;', '&#x1F;', '&#xD800;', '&#xFFFE;', '&#x110000;', '\u0000', '\u0008', '\uffff']) {
    const { answer } = await asking(t, document(attack('', `a${name}b`)));
    t.match(answer, { failure: 'malformed' }, JSON.stringify([name, answer]));
  }
});

t.test('elements named like members of objects are no more than elements', async t => {
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    const xml = replyOf(`<${name}><admin>1</admin></${name}><zjhm>1</zjhm><xm>张三</xm>`);
    const { answer } = await asking(t, envelope(xml));
    t.ok('failure' in answer ? answer.failure === 'malformed' : t.strictSame(answer, answered), name);
    const ask = { reply: { fields: { id: `${name}.zjhm` } } };
    t.match((await asking(t, envelope(good), { ask })).answer, { failure: 'malformed' }, `${name} is not inherited`);
  }
  t.equal(Object.hasOwn(Object.prototype, 'admin'), false);
});

t.test('a reply cannot be put beside the one that is signed for by its place', async t => {
  const forged = '<xm xmlns="urn:other">李四</xm>';
  const { answer } = await asking(t, envelope(replyOf(`${forged}<zjhm>1</zjhm><xm>张三</xm>`)));
  t.strictSame(answer, answered, 'the same name of another namespace');
  for (const [what, xml] of [
    ['a reply in the header', envelopeOf('', '1.1', `<soap:Header>${good}</soap:Header>`)],
    ['a reply after the body', envelopeOf(good, '1.1').replace('</soap:Envelope>', `${good}</soap:Envelope>`)],
    ['two bodies', envelopeOf(good, '1.1').replace('<soap:Body>', `<soap:Body>${good}</soap:Body><soap:Body>`)],
    ['an envelope in an envelope', envelopeOf(envelopeOf(good, '1.1'), '1.1')],
    ['a fault that is none', envelopeOf(good, '1.1').replace('<soap:Body>', '<soap:Body><soap:Fault/>')],
    ['an envelope of no namespace', envelopeOf(good, '1.1').replaceAll('soap:', '').replace('xmlns:soap', 'xmlns:x')],
  ] as const) {
    t.match((await asking(t, document(xml))).answer, { failure: 'malformed' }, what);
  }
});

t.test('no value of a request becomes markup', async t => {
  for (const id of [
    ...['</m:zjhm><m:admin>1</m:admin><m:zjhm>', '<![CDATA[a]]>', ']]>', '&e;', '<!-- -->', '<!DOCTYPE x>'],
    ...['"', "'", '&amp;', '<?x?>', 'a\r\nb', '张三'],
  ]) {
    const { answer, asked } = await asking(t, envelope(good), { request: { id } });
    t.strictSame(answer, answered, id);
    const [, written = ''] = /<s:Body><m:queryMarriage><m:zjhm>([^<]*)<\/m:zjhm><\/m:queryMarriage><\/s:Body>/.exec(
      asked[0]?.body ?? '',
    ) ?? [''];
    const read = written.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#13;', '\r');
    t.equal(read.replaceAll('&amp;', '&'), id, 'and arrives as it was');
    t.notMatch(written, /&(?!(?:lt|gt|amp|#13);)|\r/);
  }
});

t.test('what XML cannot hold is not sent', async t => {
  for (const id of ['\u0000', '\u0001', '\u001f', '\ufffe', '\ud800']) {
    const { answer, asked } = await asking(t, envelope(good), { request: { id } });
    t.strictSame(answer, {
      failure: 'rejected',
      detail: 'not asked: a character that XML cannot hold',
      notActed: true,
    });
    t.equal(asked.length, 0);
  }
});

t.test('no user of config becomes markup either', async t => {
  const usernameToken = { user: '</wsse:Username><x/>', password: '</wsse:Password>&', type: 'text' };
  const { asked } = await asking(t, envelope(good), { settings: { usernameToken } });
  t.match(asked[0]?.body, '<wsse:Username>&lt;/wsse:Username&gt;&lt;x/&gt;</wsse:Username>');
  t.match(asked[0]?.body, '>&lt;/wsse:Password&gt;&amp;</wsse:Password>');
});

t.test('a question that is repeated by somebody else does not pass', async t => {
  const right = guarded('PasswordDigest', 'secret', envelope(good));
  const settings = { usernameToken: { user: 'stile', password: 'secret', type: 'digest' } };
  const { system, asked } = await asking(t, right, { settings });
  const [{ body = '' } = {}] = asked;
  const again = await fetch(`${system.url}/services/marriage`, { method: 'POST', body });
  t.equal(again.status, 500);
  t.match(await again.text(), 'FailedAuthentication');
});

t.test('no detail quotes what came', async t => {
  const secret = /440304198804123031|陈思远/;
  const held = '<a>440304198804123031</a>陈思远';
  for (const xml of [
    replyOf(`<zjhm>1</zjhm><xm>${held}</xm>`),
    replyOf(`<zjhm>${held}</zjhm>`),
    `<x>${held}</x>`,
    held,
    `<soap:Fault><faultcode>440304198804123031</faultcode><faultstring>陈思远</faultstring></soap:Fault>`,
    `<soap:Fault><faultcode>Client.440304198804123031</faultcode><faultstring>陈思远</faultstring></soap:Fault>`,
  ]) {
    const { answer } = await asking(t, envelope(xml));
    t.ok('failure' in answer, xml);
    t.notMatch(JSON.stringify(answer), secret);
  }
});

t.test('documents made to cost time do not', async t => {
  // Each would take minutes to hours in a reader that goes back over what it has read.
  for (const filling of ['<', '<!--', '<a ', '&', '<![CDATA[', '<a>', ']]>', '<?x ', '<a b="', '<a b=1 ', '<!---->']) {
    const text = `${'<x>'}${filling.repeat(900_000 / filling.length)}`;
    const { answer } = await asking(t, document(text), { call: { deadline: 20_000 } });
    t.match(answer, { failure: 'malformed' }, filling);
  }
});
