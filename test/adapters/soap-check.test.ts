/** What is said of the soap adapter's settings before anything starts. */
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter as soap } from '../../adapters/soap.js';
import { shapeFindings, strings } from '../../src/registry/shape.js';
import { callOf, contextOf } from './calls.js';

/** As config writes it. */
const reference = (to: string): string => `\${${to}}`;
const faults = (value: unknown, schema: JsonObject): string[] =>
  shapeFindings(value, schema, strings.written).map(({ pointer, rule }) => `${pointer} ${rule}`);
const base = { baseUrl: 'https://a.stile.example', version: '1.1', namespace: 'urn:a' };
const settingFaults = (settings: JsonObject) => faults({ ...base, ...settings }, soap.settingsSchema);
const service = { operation: 'query', reply: 'x' };
const serviceFaults = (ask: JsonObject) => faults({ ...service, ...ask }, soap.serviceSchema);
const token = { user: 'stile', password: reference('env:P'), type: 'digest' };

t.test('settings', async t => {
  for (const settings of [
    {},
    { version: '1.2', qualified: false, namespaces: { d: 'http://d.stile.example/' }, charset: 'GBK' },
    { usernameToken: token, callBlock: { namespace: 'urn:c', names: { requestId: 'rid' } } },
    { authentication: { basic: { user: 'a', password: reference('env:P') } }, tls: { authority: reference('file:a') } },
    { probe: { path: '/marriage?wsdl' }, codes: { sex: { '1': 'male' } }, callHeaders: { requestId: 'x-id' } },
  ]) {
    t.strictSame(settingFaults(settings), [], JSON.stringify(settings));
  }
  for (const [settings, fault] of [
    [{ version: '1.3' }, '/version wrong-value'],
    [{ version: 1.1 }, '/version wrong-type'],
    [{ namespace: 'a b' }, '/namespace wrong-value'],
    [{ namespaces: { 'a:b': 'urn:b' } }, '/namespaces/a:b wrong-value'],
    [{ usernameToken: { ...token, password: 'literal' } }, '/usernameToken/password literal-secret'],
    [{ usernameToken: { ...token, type: 'hash' } }, '/usernameToken/type wrong-value'],
    [{ charset: 'latin1' }, '/charset wrong-value'],
    [{ callHeaders: { case: 'Content-Length' } }, '/callHeaders/case wrong-value'],
    [{ authentication: { bearer: { token: 't' } } }, '/authentication/bearer/token literal-secret'],
    [{ callBlock: { namespace: 'urn:c', names: { requestId: 'a b' } } }, '/callBlock/names/requestId wrong-value'],
  ] as [JsonObject, string][]) {
    t.strictSame(settingFaults(settings), [fault], JSON.stringify(settings));
  }
});

t.test('a service’s own settings', async t => {
  for (const ask of [
    { path: '/services/a?x=1', action: 'http://a.stile.example/query', replyElement: '查询结果' },
    { faults: { from: 'fault.code', absent: ['2004', 7], busy: ['Quota'] }, absent: { missing: 'a', reply: 'b' } },
  ]) {
    t.strictSame(serviceFaults(ask), [], JSON.stringify(ask));
  }
  for (const ask of [
    ...[{ path: 'a' }, { operation: 'a b' }, { operation: 'm:a' }, { operation: '1' }, { action: 'a"; b="c' }],
    ...[{ action: 'a\\' }, { action: '中' }, { faults: {} }, { faults: { failing: ['a'] } }, { absent: {} }],
    ...[{ absent: { statuses: [404], reply: 'a' } }, { method: 'POST' }, { body: { fields: {} } }],
  ]) {
    t.not(serviceFaults(ask).length, 0, JSON.stringify(ask));
  }
});

t.test('what no schema sees', async t => {
  const settings = { ...base, baseUrl: reference('env:URL'), namespaces: { d: 'urn:d' }, usernameToken: token };
  const ask = {
    ...service,
    body: { fields: { 'd:a': 'a', 'e:b': 'b', 'c d': 'c', f: { each: { fields: { '1': 'g' } } } } },
    reply: {
      fields: {
        a: 'x.d:y.0.z',
        b: 'x.e:y',
        c: { from: '<x>', each: { from: 'd:e:f' } },
        d: { from: 'g', codes: 'none' },
      },
    },
    absent: { missing: 'e:x', reply: { fields: { a: { from: '-' }, b: { request: 'e:no element' } } } },
    result: { from: 'a b', answer: ['0'] },
    asOf: { from: '2a', time: 'lately' },
  };
  const found = soap.check?.(settings, ask) ?? [];
  t.strictSame(found.map(({ pointer, message }) => `${pointer} ${message.en}`).sort(), [
    '/absent/missing there is no namespace of this prefix',
    '/absent/reply/fields/a/from this is no name of an XML element',
    '/asOf/from this is no name of an XML element',
    '/asOf/time this is no form of a date',
    '/body/fields/c d this is no name of an XML element',
    '/body/fields/e:b there is no namespace of this prefix',
    '/body/fields/f/each/fields/1 this is no name of an XML element',
    '/reply/fields/b there is no namespace of this prefix',
    '/reply/fields/c/each/from this is no name of an XML element',
    '/reply/fields/c/from this is no name of an XML element',
    '/reply/fields/d/codes there is no code list of this name',
    '/result/from this is no name of an XML element',
  ]);
  for (const { message, fix } of found) {
    for (const text of [message.zh, fix.zh]) t.match(text, /\p{Script=Han}/u);
    for (const text of [message.en, fix.en]) t.notMatch(text, /\p{Script=Han}/u);
  }
  t.strictSame(soap.check?.(settings, service), []);
});

t.test('the contract’s fields that a service names', async t => {
  const ask = {
    ...{ operation: 'query', path: '/a' },
    body: { fields: { zjhm: 'residentId', nian: { from: 'year' } } },
    reply: { fields: { status: 'zt' } },
    absent: { reply: { fields: { residentId: { request: 'number' } } } },
  };
  t.strictSame(
    soap.names?.(ask).map(({ half, path, pointer }) => `${half} ${path} ${pointer}`),
    [
      'request residentId /body/fields/zjhm',
      'request year /body/fields/nian/from',
      'reply status /reply/fields/status',
      'reply residentId /absent/reply/fields/residentId',
      'request number /absent/reply/fields/residentId/request',
    ],
  );
});

t.test('settings that were not checked are a bug', async t => {
  const opened = soap.open({ ...base, baseUrl: 'http://127.0.0.1:1' }, contextOf());
  await t.rejects(opened.ask({}, callOf({ ask: { ...service, reply: { codes: 'none' } } })), {
    message: /unknown-code-list at \/reply\/codes/,
  });
  await opened.close();
});
