/** Nothing that is secret, or about a person, may reach an operator's log through what an adapter tells of a failure. */

import { pino } from 'pino';
import t from 'tap';
import type { AdapterModule, JsonObject } from '../../adapters/adapter.js';
import { adapter as http } from '../../adapters/http.js';
import { adapter as publicSecurityHousehold } from '../../adapters/public-security-household.js';
import { adapter as soap } from '../../adapters/soap.js';
import { readJson } from '../../src/json.js';
import { callOf } from '../adapters/calls.js';
import { makeAuthority } from '../adapters/certificates.js';
import { type Answering, json, startHttp, startHttps, startRaw } from '../adapters/systems.js';

const payload = '440304198804123031';
const secret = 'top-s3cret';
const hidden = new RegExp(`${payload}|${secret}|PRIVATE KEY`);

const silent: Answering = () => undefined;
const page: Answering = (_, response) => response.end(`<html>${payload} ${secret}`);
const answers: readonly Answering[] = [
  ...[200, 302, 400, 401, 403, 404, 429, 500, 503].map(status =>
    json({ no: payload, secret }, status, { location: `/${secret}` }),
  ),
  page,
  json({ xb: payload }),
  json({ [payload]: secret }),
  (_, response) => {
    response.writeHead(200, { 'content-type': `application/json; ${payload}`, 'content-encoding': secret });
    response.end(payload);
  },
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 });
    response.write(`{"no":"${payload}`, () => response.socket?.resetAndDestroy());
  },
  silent,
];
const raws = [
  `${payload}\r\n\r\n`,
  `HTTP/1.1 200 OK\r\n${payload} ${secret}\r\n\r\n`,
  `HTTP/1.1 101 ${payload}\r\nUpgrade: ${secret}\r\nConnection: upgrade\r\n\r\n`,
];

const ask = {
  method: 'POST',
  path: '/{residentId}',
  body: {
    fields: { id: 'residentId', code: { from: 'residentId', codes: { '1': 'one' }, optional: true, none: [payload] } },
  },
  reply: { fields: { sex: { from: 'xb', codes: { '1': 'male' } } } },
};

/** Asks everywhere, and gives back all that was logged or told. */
async function told(module: AdapterModule, settings: (url: string) => JsonObject, asking: JsonObject): Promise<string> {
  const log: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
  const { certificate, key } = makeAuthority('an authority').issue('127.0.0.1');
  const systems = await Promise.all([
    ...answers.map(async answer => ({ ...(await startHttp(answer)), patience: answer === silent ? 200 : 20_000 })),
    ...raws.map(async raw => ({ ...(await startRaw(socket => void socket.write(raw))), patience: 20_000 })),
    { ...(await startHttps(page, { cert: certificate, key })), patience: 20_000 },
  ]);
  const everywhere = systems.map(async ({ url, patience }) => {
    const opened = module.open(settings(url), { logger, deployment: 'stile.example', readJson, concurrency: 8 });
    for (const residentId of [payload, `../${payload}`]) {
      const answer = await opened.ask(
        { residentId },
        callOf({ ask: asking, deadline: patience, retries: 1, case: payload }),
      );
      log.push(JSON.stringify(answer));
    }
    log.push(JSON.stringify(await opened.probe(AbortSignal.timeout(patience))));
    await opened.close();
  });
  await Promise.all(everywhere);
  await Promise.all(systems.map(system => system.close()));
  return log.join('\n');
}

const { certificate, key } = makeAuthority('an authority').issue('stile');
const oauth = (tokenUrl: string): JsonObject => ({ oauth2: { tokenUrl, clientId: 'stile', clientSecret: secret } });

const kinds: readonly (readonly [string, (url: string) => JsonObject])[] = [
  ['apiKey', () => ({ apiKey: { header: 'x-key', key: secret } })],
  ['queryKey', () => ({ queryKey: { parameter: 'ak', key: secret } })],
  ['basic', () => ({ basic: { user: 'stile', password: secret } })],
  ['bearer', () => ({ bearer: { token: secret } })],
  ['oauth2', oauth],
];

t.test('http', async t => {
  const texts = kinds.map(async ([kind, authentication]) => {
    const settings = (baseUrl: string) => ({
      baseUrl,
      authentication: authentication(baseUrl),
      tls: { identity: { certificate, key } },
    });
    return [kind, await told(http, settings, ask)] as const;
  });
  for (const [kind, text] of await Promise.all(texts)) {
    t.notMatch(text, hidden, kind);
    for (const failure of ['denied', 'timeout', 'malformed', 'unreachable']) t.match(text, new RegExp(failure), kind);
  }
});

t.test('soap', async t => {
  const settings = (type: string) => (baseUrl: string) => ({
    ...{ baseUrl, version: '1.1', namespace: 'urn:a', usernameToken: { user: 'stile', password: secret, type } },
    callBlock: { namespace: 'urn:call', names: { case: 'case' } },
  });
  const asking = {
    operation: 'query',
    body: { fields: { id: 'residentId', code: { ...ask.body.fields.code } } },
    reply: { fields: { sex: { from: 'xb', codes: { '1': 'male' } } } },
  };
  for (const type of ['digest', 'text']) {
    const text = await told(soap, settings(type), asking);
    t.notMatch(text, hidden, type);
    for (const failure of ['denied', 'timeout', 'malformed', 'unreachable']) t.match(text, new RegExp(failure), type);
  }
});

t.test('the household register', async t => {
  const text = await told(publicSecurityHousehold, baseUrl => ({ baseUrl, secret }), { serviceId: 'GA-HJ-0001' });
  t.notMatch(text, hidden);
  for (const failure of ['denied', 'timeout', 'malformed', 'unreachable']) t.match(text, new RegExp(failure));
});
