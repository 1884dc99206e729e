/** A program: runs the kit on an adapter that is good but for one thing, which its argument names. */
import { connect } from 'node:net';
import t from 'tap';
import {
  type Adapter,
  type AdapterModule,
  type Answer,
  type Failure,
  failure,
  isFailure,
  type JsonObject,
} from '../../adapters/adapter.js';
import { adapter as http } from '../../adapters/http.js';
import { adapterConformance } from './conformance.js';
import { json, startHttp } from './systems.js';

const key = 'a-key-of-the-system';
const known = { id: '440304198804123031', name: '陈思远' };
const another = { id: '440303199603052036', name: '周子墨' };
const broken = '440306197905183058';
const mistaken = '440305199008261020';
/** Longer than the kit waits for anything. */
const never = 12_000;

type Ask = Adapter['ask'];
/** An adapter's way to ask, made bad. */
const asks = (bad: (good: Ask, settings: JsonObject) => Ask): AdapterModule => ({
  ...http,
  open(settings, context) {
    const good = http.open(settings, context);
    const ask = bad((...given) => good.ask(...given), settings);
    return { ask, probe: signal => good.probe(signal), close: () => good.close() };
  },
});
const answersWith = (made: (found: Answer | Failure, request: JsonObject, settings: JsonObject) => Answer | Failure) =>
  asks((good, settings) => async (request, call) => made(await good(request, call), request, settings));

const bad: Readonly<Record<string, AdapterModule>> = {
  nothing: http,
  'another-schema': { ...http, settingsSchema: { ...http.settingsSchema, required: ['address'] } },
  'mixed-up': asks(good => {
    let last: ReturnType<Ask> | undefined;
    return async (...given) => {
      last = good(...given);
      await new Promise(setImmediate);
      return last;
    };
  }),
  'no-size-cap': asks(good => (request, call) => good(request, { ...call, replyLimit: 1_000_000 })),
  'malformed-passed-on': answersWith((found, request) => (request.id === broken ? { body: { id: broken } } : found)),
  'wrong-person': answersWith((found, { id }) =>
    isFailure(found) ? found : { body: { ...(found.body as JsonObject), id } },
  ),
  'denied-as-failing': answersWith(found =>
    isFailure(found) && found.failure === failure.denied ? { ...found, failure: failure.failing } : found,
  ),
  'deadline-ignored': asks(good => (request, call) => good(request, { ...call, deadline: never, retries: 0 })),
  'socket-left': asks(good => async (request, call) => {
    const late = new Promise<Failure>(resolve => {
      setTimeout(() => resolve({ failure: failure.timeout, detail: 'gave up' }), call.deadline).unref();
    });
    return Promise.race([good(request, { ...call, deadline: never * 2 }), late]);
  }),
  'signal-ignored': {
    ...http,
    open(settings, context) {
      const good = http.open(settings, context);
      return {
        ask: (...given) => good.ask(...given),
        async probe(signal) {
          const found = await good.probe(new AbortController().signal);
          if (signal.aborted) await new Promise(resolve => setTimeout(resolve, never));
          return found;
        },
        close: () => good.close(),
      };
    },
  },
  'throws-at-garbage': answersWith((found, { id }) => {
    if (isFailure(found) && found.failure === failure.malformed && id !== broken) throw new Error('unexpected token');
    return found;
  }),
  'no-reconnect': asks(good => {
    let broke: Failure | undefined;
    return async (request, call) => {
      if (broke !== undefined) return broke;
      const found = await good(request, call);
      const isBreak = isFailure(found) && (found.failure === failure.unreachable || found.failure === failure.cutOff);
      if (isBreak) broke = found;
      return found;
    };
  }),
  'never-closed': {
    ...http,
    open(settings, context) {
      connect(Number(new URL(String(settings.baseUrl)).port), '127.0.0.1').on('error', () => undefined);
      return http.open(settings, context);
    },
  },
  'secret-told': answersWith((found, _request, settings) =>
    isFailure(found) ? { ...found, detail: `${found.detail} ${JSON.stringify(settings.authentication)}` } : found,
  ),
};

const answers = new Map<string, JsonObject>([
  ...[known, another].map(({ id, name }) => [id, { no: id, xm: name }] as const),
  [broken, { no: 7 }],
  [mistaken, { no: another.id, xm: another.name }],
]);
const system = await startHttp((asked, ...rest) => {
  if (asked.headers['x-key'] !== key && asked.url !== '/') return json({}, 401)(asked, ...rest);
  const answer = answers.get(asked.url.split('/').at(-1) ?? '');
  return json(answer ?? {}, answer === undefined && asked.url !== '/' ? 404 : 200)(asked, ...rest);
});
t.teardown(() => system.close());
t.setTimeout(100_000);

const authentication = (held: string) => ({ authentication: { apiKey: { header: 'X-Key', key: held } } });
await adapterConformance(t, bad[process.argv[2] ?? 'nothing'] ?? http, {
  system: { port: system.port, host: '127.0.0.1' },
  settings: port => ({ baseUrl: `http://127.0.0.1:${port}`, ...authentication(key) }),
  ask: { method: 'GET', path: '/persons/{id}', reply: { fields: { id: { from: 'no', as: 'text' }, name: 'xm' } } },
  examples: [
    { request: { id: known.id }, body: known },
    { request: { id: another.id }, body: another },
  ],
  malformed: () => ({ request: { id: broken } }),
  stranger: () => ({ request: { id: mistaken }, identifier: another.id }),
  denied: authentication('another-key'),
  hidden: [key, known.id, known.name, another.id, another.name, broken, mistaken],
});
