/** Faults of both versions, absence and result codes, each as the one failure or reply that is due. */
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { answered, asking, document, envelope, fault11, fault12, good, replyOf } from './soap-system.js';

const absent = { reply: { fields: { id: { request: 'id' }, name: { constant: 'nobody' } } } };
const nobody = { body: { id: '1', name: 'nobody' } };

t.test('faults of SOAP 1.1', async t => {
  for (const [code, expected] of [
    ['Client', { failure: 'rejected', detail: 'fault Client', notActed: true }],
    ['Client.Quota', { failure: 'rejected', detail: 'fault Client', notActed: true }],
    ['Server', { failure: 'failing', detail: 'fault Server' }],
    ['MustUnderstand', { failure: 'rejected', detail: 'fault MustUnderstand', notActed: true }],
    ['FailedAuthentication', { failure: 'denied', detail: 'fault FailedAuthentication', notActed: true }],
    ['440304', { failure: 'failing', detail: 'a fault of no known code' }],
    ['constructor', { failure: 'failing', detail: 'a fault of no known code' }],
  ] as const) {
    for (const status of [500, 200]) {
      t.strictSame((await asking(t, envelope(fault11(code), { status }))).answer, expected, `${code} ${status}`);
    }
  }
});

t.test('faults of SOAP 1.2', async t => {
  const settings = { version: '1.2' };
  for (const [fault, status, expected] of [
    [fault12('Sender'), 400, { failure: 'rejected', detail: 'fault Sender', notActed: true }],
    [fault12('Receiver'), 500, { failure: 'failing', detail: 'fault Receiver' }],
    [
      fault12('Sender', 'InvalidSecurityToken'),
      400,
      { failure: 'denied', detail: 'fault InvalidSecurityToken', notActed: true },
    ],
    [fault12('Receiver', 'Own'), 500, { failure: 'failing', detail: 'fault Receiver' }],
  ] as const) {
    const { answer } = await asking(t, envelope(fault, { version: '1.2', status }), { settings });
    t.strictSame(answer, expected, fault);
  }
});

t.test('what config says of a code goes before what SOAP does', async t => {
  const faults = {
    from: 'fault.code',
    absent: ['2004'],
    busy: ['Client.Quota', 'Quota'],
    denied: ['Server'],
    rejected: [17],
  };
  const detail = (code: string): string => `<q:fault xmlns:q="urn:q"><code>${code}</code></q:fault>`;
  const ask = { faults, absent };
  const of = async (fault: string, settings: JsonObject = {}) => {
    const version = settings.version === '1.2' ? '1.2' : '1.1';
    return (await asking(t, envelope(fault, { version, status: 500 }), { ask, settings })).answer;
  };
  t.strictSame(await of(fault11('Server', detail('2004'))), nobody, 'the detail first');
  t.strictSame(await of(fault11('Client.Quota')), { failure: 'busy', detail: 'fault Client.Quota', notActed: true });
  t.match(await of(fault11('Server', detail('unknown'))), { failure: 'denied', detail: 'fault Server' });
  t.match(await of(fault11('Server', detail('17'))), { failure: 'rejected', detail: 'fault 17' });
  t.match(await of(fault11('Client', detail('unknown'))), { failure: 'rejected', detail: 'fault Client' });
  const settings = { version: '1.2' };
  t.strictSame(await of(fault12('Receiver', '', detail('2004')), settings), nobody);
  t.match(await of(fault12('Receiver', 'Quota'), settings), { failure: 'busy' }, 'the innermost code first');
  const unsaid = await asking(t, envelope(fault11('Server', detail('2004')), { status: 500 }), { ask: { faults } });
  t.match(unsaid.answer, { failure: 'rejected', detail: 'there is no data, and no reply for that' });
});

t.test('an error without a fault is its status', async t => {
  for (const [status, failure] of [
    [400, 'rejected'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'rejected'],
    [429, 'busy'],
    [500, 'failing'],
    [503, 'busy'],
  ] as const) {
    const call = { retries: 0 };
    t.match((await asking(t, document('<html/>', 'text/html', status), { call })).answer, { failure }, `${status}`);
    t.match((await asking(t, envelope(good, { status }), { call })).answer, {
      failure,
      detail: `status ${status}`,
    });
  }
  const denied = await asking(t, envelope(fault11('Server'), { status: 401 }));
  t.match(denied.answer, { failure: 'denied' }, 'no fault is due under this one');
});

t.test('absence, by an element that is not there and by a result code', async t => {
  const missing = {
    absent: { ...absent, missing: 'person' },
    reply: { fields: { id: 'person.zjhm', name: 'person.xm' } },
  };
  const nil = '<person xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1"/>';
  for (const xml of ['', nil]) t.strictSame((await asking(t, envelope(replyOf(xml)), { ask: missing })).answer, nobody);
  const there = replyOf('<person><zjhm>1</zjhm><xm>张三</xm></person>');
  t.strictSame((await asking(t, envelope(there), { ask: missing })).answer, answered);
  const rows = {
    absent: { ...absent, missing: 'rows.row' },
    reply: { fields: { id: 'rows.row.0.zjhm', name: 'rows.row.0.xm' } },
  };
  t.strictSame((await asking(t, envelope(replyOf('<rows/>')), { ask: rows })).answer, nobody, 'none of a list');
  const result = { from: 'head.code', answer: ['0'], absent: ['2004'], busy: ['9'] };
  const coded = (code: string) => envelope(replyOf(`<head><code>${code}</code></head><zjhm>1</zjhm><xm>张三</xm>`));
  const ask = { result, absent };
  t.strictSame((await asking(t, coded('0'), { ask })).answer, answered);
  t.strictSame((await asking(t, coded('2004'), { ask })).answer, nobody);
  t.match((await asking(t, coded('9'), { ask })).answer, { failure: 'busy' });
  t.match((await asking(t, coded('77'), { ask })).answer, { failure: 'failing' });
  t.match((await asking(t, envelope(good), { ask })).answer, { failure: 'malformed' }, 'a code is due');
});

t.test('as of when', async t => {
  const ask = { asOf: { from: 'gxsj', time: 'YYYYMMDDHHmmss' } };
  const dated = replyOf('<zjhm>1</zjhm><xm>张三</xm><gxsj>20261101020000</gxsj>');
  t.strictSame((await asking(t, envelope(dated), { ask })).answer, { ...answered, asOf: '2026-11-01T02:00:00+08:00' });
});
