/** The signature of the national sharing platform, against a platform written from published client programs. */
import t, { type Test } from 'tap';
import type { AdapterModule, JsonObject } from '../../adapters/adapter.js';
import { adapter as http } from '../../adapters/http.js';
import { adapter as soap } from '../../adapters/soap.js';
import { callOf, contextOf } from './calls.js';
import { appKey, encrypted, requester, service, startPlatform } from './sharing-platform-system.js';
import { envelope, namespace, replyOf } from './soap-system.js';
import { json, until } from './systems.js';

const ask: JsonObject = { method: 'POST', path: '/', body: { fields: { no: 'id' } }, reply: { fields: { id: 'no' } } };
const answered = { body: { id: '1' } };

function open(t: Test, url: string, module: AdapterModule = http, more: JsonObject = {}, log: string[] = []) {
  const sharingPlatform = { requester, service, appKey, secretUrl: `${url}/secret`, ...more };
  const base = module === soap ? { version: '1.1', namespace } : {};
  const opened = module.open({ baseUrl: url, authentication: { sharingPlatform }, ...base }, contextOf(log));
  t.teardown(() => opened.close());
  return opened;
}

t.test('questions are signed under a secret that is fetched once for all calls', async t => {
  const platform = await startPlatform(t, { secrets: ['first secret'] });
  const opened = open(t, platform.url);
  const found = await Promise.all([1, 2, 3].map(() => opened.ask({ id: '1' }, callOf({ ask }))));
  t.strictSame(found, [answered, answered, answered]);
  t.equal(platform.lendings(), 1);
  t.equal(await opened.probe(AbortSignal.timeout(3000)), null);
});

t.test('SOAP is signed alike', async t => {
  const answer = envelope(replyOf('<no>1</no>'));
  const platform = await startPlatform(t, { secrets: ['first secret'], answer });
  const operation = { operation: 'queryMarriage', body: { fields: { no: 'id' } }, reply: { fields: { id: 'no' } } };
  t.strictSame(await open(t, platform.url, soap).ask({ id: '1' }, callOf({ ask: operation })), answered);
});

t.test('only what is signed like this is weakly signed', async t => {
  for (const module of [http, soap]) {
    t.equal(module.isWeaklySigned?.({ authentication: { sharingPlatform: {} } }), true);
    for (const settings of [{}, { authentication: { bearer: {} } }, { tls: { identity: {} } }]) {
      t.equal(module.isWeaklySigned?.(settings), false);
    }
  }
});

t.test('a secret that the platform no longer takes is replaced once', async t => {
  const platform = await startPlatform(t, { secrets: ['first secret', 'second secret'] });
  const opened = open(t, platform.url);
  await opened.ask({ id: '1' }, callOf({ ask }));
  platform.revoke();
  t.strictSame(await opened.ask({ id: '1' }, callOf({ ask })), answered);
  t.equal(platform.lendings(), 2);
  const never = await startPlatform(t, { secrets: ['a', 'b', 'c'], answer: json({}, 401) });
  t.match(await open(t, never.url).ask({ id: '1' }, callOf({ ask })), { failure: 'denied' });
  t.equal(never.lendings(), 2);
});

t.test('a secret is good until the end that the platform names', async t => {
  const platform = await startPlatform(t, { secrets: ['a', 'b', 'c', 'd', 'e', 'f'], life: 50 });
  const opened = open(t, platform.url);
  await until(() => {
    void opened.ask({ id: '1' }, callOf({ ask }));
    return platform.lendings() > 1;
  });
});

t.test('without a secret nothing is asked, and neither key nor secret is told', async t => {
  const secret = encrypted('the secret');
  for (const [lend, failure] of [
    [json({ code: '-1', data: '', message: '接口调用失败' }), 'denied'],
    [json({}, 403), 'denied'],
    [json({}, 500), 'failing'],
    [json({ code: '0', data: null }), 'malformed'],
    [json({ code: '0', data: { secret } }), 'malformed'],
    [json({ code: '0', data: { secret, secretEndTime: '1' } }), 'malformed'],
    [json({ code: '0', data: { secret: 'bm90IEFFUw==', secretEndTime: String(Date.now() + 60_000) } }), 'malformed'],
  ] as const) {
    const platform = await startPlatform(t, { secrets: [], lend });
    const log: string[] = [];
    const answer = await open(t, platform.url, http, {}, log).ask({ id: '1' }, callOf({ ask }));
    t.match(answer, { failure, notActed: true, detail: /^application secret: / });
    t.strictSame(
      platform.asked.filter(({ url }) => url !== '/secret'),
      [],
    );
    t.match(log.join(), /no application secret/);
    t.notMatch(log.join() + JSON.stringify(answer), new RegExp(`${appKey}|the secret`));
  }
  const platform = await startPlatform(t, { secrets: ['a'] });
  const wrong = open(t, platform.url, http, { appKey: 'another key' });
  t.match(await wrong.ask({ id: '1' }, callOf({ ask })), { failure: 'denied' });
});
