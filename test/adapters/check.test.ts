/** What is said of settings before anything starts: by the schemas, and by what the http adapter knows beyond them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import type { AdapterModule, JsonObject } from '../../adapters/adapter.js';
import { adapter as http } from '../../adapters/http.js';
import { adapterKinds } from '../../src/registry/adapter-kinds.js';
import { shapeFindings, strings } from '../../src/registry/shape.js';
import { root } from '../../src/root.js';
import { callOf, contextOf } from './calls.js';

/** As config writes it. */
const reference = (to: string): string => `\${${to}}`;
const faults = (value: unknown, schema: JsonObject): string[] =>
  shapeFindings(value, schema, strings.written).map(({ pointer, rule }) => `${pointer} ${rule}`);
const settingFaults = (settings: JsonObject) =>
  faults({ baseUrl: 'https://a.stile.example', ...settings }, http.settingsSchema);
const service = { method: 'GET', path: '/', reply: 'x' };
const serviceFaults = (ask: JsonObject) => faults({ ...service, ...ask }, http.serviceSchema);

t.test('settings that are right', async t => {
  for (const settings of [
    {},
    { baseUrl: 'http://127.0.0.1:8080/api' },
    { baseUrl: reference('env:URL') },
    { baseUrl: 'https://[::1]:8443' },
    { authentication: { apiKey: { header: 'Authorization', scheme: 'APPCODE', key: reference('env:KEY') } } },
    {
      authentication: {
        oauth2: { tokenUrl: 'https://a.stile.example/token', clientId: 'a', clientSecret: reference('file:s') },
      },
    },
    {
      tls: {
        authority: reference('file:ca.pem'),
        identity: { certificate: reference('file:c.pem'), key: reference('file:k.pem') },
      },
    },
    { callHeaders: { requestId: 'gjgxjhpt_rid' } },
    { codes: { sex: { '1': 'male' } }, utcOffset: '-03:30', mediaTypes: ['text/plain'], probe: { path: '/up?x=1' } },
  ]) {
    t.strictSame(settingFaults(settings), [], JSON.stringify(settings));
  }
});

t.test('settings that are not', async t => {
  for (const [settings, fault] of [
    [{ baseUrl: 'ftp://a' }, '/baseUrl wrong-value'],
    [{ baseUrl: 'https://user:password@a' }, '/baseUrl wrong-value'],
    [{ baseUrl: 'https://a?x=1' }, '/baseUrl wrong-value'],
    [{ timeout: 1 }, '/timeout unknown-key'],
    [{ authentication: { apiKey: { header: 'X', key: 'literal' } } }, '/authentication/apiKey/key literal-secret'],
    [{ authentication: { basic: { user: 'a', password: 'p' } } }, '/authentication/basic/password literal-secret'],
    [{ authentication: { bearer: { token: 't' } } }, '/authentication/bearer/token literal-secret'],
    [{ tls: { identity: { certificate: 'c', key: 'k' } } }, '/tls/identity/key literal-secret'],
    [{ tls: { identity: { certificate: reference('file:c.pem') } } }, '/tls/identity/key missing-key'],
    [{ unverifiedTls: false }, '/unverifiedTls wrong-value'],
    [{ utcOffset: 'Asia/Shanghai' }, '/utcOffset wrong-value'],
    [{ connectTimeout: 0 }, '/connectTimeout wrong-value'],
    [{ callHeaders: { case: 'Content-Length' } }, '/callHeaders/case wrong-value'],
    [{ callHeaders: { case: 'a b' } }, '/callHeaders/case wrong-value'],
    [{ codes: { sex: { '1': ['male'] } } }, '/codes/sex/1 wrong-type'],
  ] as [JsonObject, string][]) {
    const [found] = settingFaults(settings);
    t.equal(found, fault, JSON.stringify(settings));
  }
  const two = {
    authentication: { bearer: { token: reference('env:T') }, basic: { user: 'a', password: reference('env:P') } },
  };
  t.equal(settingFaults(two).length, 1, 'one kind of credentials');
});

t.test('headers that are the transport’s own, or carry credentials, are not for data', async t => {
  for (const name of [
    ...[
      'connection',
      'Keep-Alive',
      'TE',
      'Trailer',
      'Transfer-Encoding',
      'upgrade',
      'Host',
      'content-length',
      'Expect',
    ],
    ...['proxy-authorization', 'Authorization', 'COOKIE', 'content-type', 'accept-encoding', 'a b', 'a:b', 'ä', ''],
  ]) {
    t.equal(serviceFaults({ headers: { [name]: { constant: 'x' } } }).length, 1, name);
  }
  t.strictSame(serviceFaults({ headers: { 'X-Host': 'a', connections: 'a', te_: 'a' } }), []);
});

t.test('a service’s own settings', async t => {
  for (const ask of [
    { path: '/a/{b}/c.json' },
    { path: '/a/{b.c}-{d}' },
    { reply: { fields: { a: 'b', c: { from: 'd.0', each: { codes: 'e' }, optional: true, none: ['', 0] } } } },
    { absent: { reply: { constant: [] } }, result: { from: 'code', answer: [0, '0', true] } },
    { asOf: { header: 'Date', time: 'http-date' } },
  ]) {
    t.strictSame(serviceFaults(ask), [], JSON.stringify(ask));
  }
  for (const ask of [
    ...[
      { method: 'get' },
      { path: 'a' },
      { path: '/a?b=c' },
      { path: '/a b' },
      { path: '/{}' },
      { path: '/{a' },
      { path: '/%zz' },
    ],
    ...[{ reply: '' }, { reply: '.a' }, { reply: 'a..b' }, { reply: { field: {} } }, { reply: { as: 'date' } }],
    ...[{ reply: { fields: {} } }, { reply: { codes: {} } }, { reply: 7 }, { asOf: { time: 'iso' } }],
    ...[{ asOf: { header: 'a', from: 'b', time: 'iso' } }, { absent: { statuses: [500], reply: 'a' } }],
    JSON.parse('{"reply":{"fields":{"__proto__":"a"}}}'),
  ]) {
    t.not(serviceFaults(ask).length, 0, JSON.stringify(ask));
  }
});

t.test('what no schema sees', async t => {
  const settings = { baseUrl: reference('env:URL'), codes: { sex: { '1': 'male', '2': 'female', '3': 'male' } } };
  const ask = {
    ...service,
    method: 'POST',
    path: '/{a}',
    parameters: { a: { from: 'a', codes: 'office' } },
    query: { 'b/c': { from: 'b', date: 'DDMM' } },
    headers: { d: { from: 'd', codes: 'sex' } },
    body: { fields: { e: { each: { time: 'then' } } } },
    reply: { fields: { f: { from: 'f', codes: 'sex' }, g: { from: 'g', codes: 'marriage' } } },
    absent: { reply: { fields: { h: { from: 'h', date: 'YYYY' } } } },
    asOf: { from: 'i', time: 'lately' },
  };
  const found = http.check?.(settings, ask) ?? [];
  t.strictSame(found.map(({ pointer, message }) => `${pointer} ${message.en}`).sort(), [
    '/absent/reply/fields/h/date this is no form of a date',
    '/asOf/time this is no form of a date',
    '/body/fields/e/each/time this is no form of a date',
    '/headers/d/codes several codes have one value, so there is no one way back',
    '/parameters/a/codes there is no code list of this name',
    '/query/b~1c/date this is no form of a date',
    '/reply/fields/g/codes there is no code list of this name',
  ]);
  for (const { message, fix } of found) {
    for (const text of [message.zh, fix.zh]) t.match(text, /\p{Script=Han}/u);
    for (const text of [message.en, fix.en]) t.notMatch(text, /\p{Script=Han}/u);
  }
  t.strictSame(http.check?.(settings, service), []);
});

t.test('settings that were not checked are a bug', async t => {
  const opened = http.open({ baseUrl: 'http://127.0.0.1:1' }, contextOf());
  await t.rejects(opened.ask({}, callOf({ ask: { ...service, reply: { codes: 'none' } } })), {
    message: /unknown-code-list at \/reply\/codes/,
  });
  await opened.close();
});

t.test('the examples in docs/adapters.md are right', async t => {
  const page = readFileSync(join(root, 'docs', 'adapters.md'), 'utf8');
  const modules: Record<string, AdapterModule> = {};
  const settings: Record<string, JsonObject> = {};
  const shown = new Set<string>();
  for (const [, text = ''] of page.matchAll(/```yaml\n(.*?)```/gs)) {
    const file = parse(text) as {
      adapters?: Record<string, { kind: string; settings: JsonObject }>;
      services?: Record<string, { adapter: string; ask?: JsonObject }>;
    };
    for (const [id, { kind, settings: given }] of Object.entries(file.adapters ?? {})) {
      const module = adapterKinds.get(kind) ?? http;
      shown.add(kind);
      modules[id] = module;
      settings[id] = given;
      t.strictSame(faults(given, module.settingsSchema), [], id);
    }
    for (const [id, { adapter, ask }] of Object.entries(file.services ?? {})) {
      if (ask === undefined) continue;
      t.strictSame(faults(ask, modules[adapter]?.serviceSchema ?? {}), [], id);
      t.strictSame(modules[adapter]?.check?.(settings[adapter] ?? {}, ask) ?? [], [], id);
    }
  }
  t.same([...shown].toSorted(), [...adapterKinds.keys()].toSorted(), 'one worked example for each kind');
});
