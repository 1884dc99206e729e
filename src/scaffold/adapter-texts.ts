/** The code of a new adapter module, of its sample system and of its test, as `stile adapter new` writes them. */

export const moduleText = (
  kind: string,
): string => `/** Asks the system of kind ${kind}. What it says and how is up to you: begin at \`ask\`. */
import {
  type Adapter,
  type AdapterContext,
  type AdapterModule,
  type Answer,
  type Failure,
  failure,
} from '../adapter.js';
import type { WireReply } from '../flight.js';
import { failureOfStatus, isPassing } from '../http-status.js';
import { compileMapping } from '../mapping.js';
import { defaultUtcOffset, direction } from '../mapping-scope.js';
import { retrying } from '../retry.js';
import { prefixOf, probeLimits, Transport } from '../transport.js';
import serviceSchema from './${kind}-service.json' with { type: 'json' };
import settingsSchema from './${kind}-settings.json' with { type: 'json' };

/** As ${kind}-settings.json has them. */
interface Settings {
  readonly baseUrl: string;
  readonly key: string;
}

/** As ${kind}-service.json has them. */
interface Service {
  readonly path: string;
}

export const adapter: AdapterModule = {
  kind: '${kind}',
  settingsSchema,
  serviceSchema,
  // It only reads: take this away where a service of the system changes something.
  onlyReads: true,
  open: (settings, context) => open(settings as unknown as Settings, context),
};

/** Left the contract's words, right the system's; the rules are those of docs/adapters.md. */
const reply = compileMapping(
  { fields: { residentId: { from: 'no', as: 'text' }, name: { from: 'xm', as: 'text' } } },
  {
    direction: direction.toContract,
    codes: {},
    utcOffset: defaultUtcOffset,
    report(pointer, fault) {
      throw new Error(\`\${fault} at \${pointer}\`);
    },
  },
  '',
);

function open({ baseUrl, key }: Settings, context: AdapterContext): Adapter {
  const { logger, readJson, findAddresses, concurrency } = context;
  const transport = new Transport({ baseUrl, connections: concurrency }, logger, findAddresses);
  const prefix = prefixOf(baseUrl);

  function read({ status, body }: WireReply, depthLimit: number): Answer | Failure {
    if (status !== 200) return failureOfStatus(status);
    const json = readJson(body, depthLimit);
    if ('fault' in json) return malformed(json.fault);
    const mapped = reply(json.value);
    return 'fault' in mapped ? malformed(mapped.fault) : { body: mapped.value };
  }

  return {
    async ask(request, call) {
      const { path } = call.ask as unknown as Service;
      const headers = ['x-key', key, 'content-type', 'application/json', 'x-request-id', call.requestId];
      const body = JSON.stringify({ no: request.residentId });
      const message = { method: 'POST' as const, path: prefix + path, headers, body };
      const found = await retrying(
        time => transport.send(message, { time, bytes: call.replyLimit }),
        call.deadline,
        call.retries,
        isPassing,
      );
      return 'failure' in found ? found : read(found, call.depthLimit);
    },
    async probe(signal) {
      const found = await transport.send({ method: 'GET', path: \`\${prefix}/\` }, { ...probeLimits, signal });
      return 'failure' in found ? found : null;
    },
    close: () => transport.close(),
  };
}

/** Which place is wrong, never what stands there. */
const malformed = (detail: string): Failure => ({ failure: failure.malformed, detail });
`;

export const systemText = (
  kind: string,
): string => `/** A sample of the system that ${kind} asks: put the real one's ways of speaking, and of erring, in its place. */
import type { Test } from 'tap';
import { json, startHttp } from '../systems.js';

export const key = 'a-key-of-the-system';

/** Those it knows, all of them made up. */
export const known = { residentId: '440304198804123031', name: '陈思远' };
export const another = { residentId: '440303199603052036', name: '周子墨' };
/** Whoever asks about these gets an answer that is wrong. */
export const broken = '440306197905183058';
export const mistaken = '440305199008261020';

/** Starts one; it goes with the test. */
export async function startSystem(t: Test) {
  const persons = [known, another].map(({ residentId, name }) => [residentId, { no: residentId, xm: name }] as const);
  const answers = new Map<string, object>([
    ...persons,
    [broken, { no: 7 }],
    [mistaken, { no: another.residentId, xm: another.name }],
  ]);
  const system = await startHttp((asked, ...rest) => {
    if (asked.method === 'GET') return json({})(asked, ...rest);
    if (asked.headers['x-key'] !== key) return json({}, 401)(asked, ...rest);
    const { no } = JSON.parse(asked.body) as { no: string };
    const answer = answers.get(no);
    return json(answer ?? {}, answer === undefined ? 404 : 200)(asked, ...rest);
  });
  t.teardown(() => system.close());
  return system;
}
`;

export const testText = (kind: string): string => `/** Holds the module to what every adapter must do. */
import t from 'tap';
import { adapter } from '../../../adapters/own/${kind}.js';
import { adapterConformance } from '../conformance.js';
import { another, broken, key, known, mistaken, startSystem } from './${kind}-system.js';

t.test('${kind}', async t => {
  const { port } = await startSystem(t);
  await adapterConformance(t, adapter, {
    system: { port, host: '127.0.0.1' },
    settings: relayed => ({ baseUrl: \`http://127.0.0.1:\${relayed}\`, key }),
    ask: { path: '/persons' },
    examples: [
      { request: { residentId: known.residentId }, body: known },
      { request: { residentId: another.residentId }, body: another },
    ],
    malformed: () => ({ request: { residentId: broken } }),
    stranger: () => ({ request: { residentId: mistaken }, identifier: another.residentId }),
    denied: { key: 'another-key' },
    hidden: [key, known.residentId, known.name, another.residentId, another.name, broken, mistaken],
  });
});
`;
