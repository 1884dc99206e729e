/** What every adapter must do, whatever it speaks: tried against the module's own real system, with a faulty network between. */
import type { NetConnectOpts } from 'node:net';
import type { Test } from 'tap';
import type { Adapter, AdapterModule, Answer, Call, Failure, JsonObject } from '../../adapters/adapter.js';
import { failure, isFailure } from '../../adapters/adapter.js';
import { shapeFindings, strings } from '../../src/registry/shape.js';
import { callOf, contextOf } from './calls.js';
import { type Relay, startRelay } from './relay.js';
import { until } from './systems.js';

export interface Question {
  readonly request?: JsonObject;
  /** The service's own settings, where they are not those of the fixtures. */
  readonly ask?: JsonObject;
}

export interface Fixtures {
  /** Where the real system listens. Left out by an adapter that opens no connection: then there is no network to try. */
  readonly system?: NetConnectOpts;
  /** The adapter's settings for the system at this port of 127.0.0.1. */
  settings(port: number): JsonObject;
  /** A service's own settings. */
  readonly ask: JsonObject;
  /** Two requests, and what their answers hold. */
  readonly examples: readonly [Example, Example];
  /** Has the system answer the next question with what the contract has no words for. */
  malformed(): Question;
  /** Has the system answer the next question about another person than was asked, of this identifier. */
  stranger(): Question & { readonly identifier: string };
  /** Settings with which the system does not let the gateway in, where it lets not everybody in. */
  readonly denied?: JsonObject;
  /** Secrets of the settings, and values of requests and answers: none may be told to the operators. */
  readonly hidden: readonly string[];
}

export interface Example {
  readonly request: JsonObject;
  readonly body: JsonObject;
}

/** One adapter open on the system, and all that it told. */
interface Opened {
  readonly relay: Relay;
  probe: Adapter['probe'];
  close(): Promise<void>;
  ask(question?: Question, call?: Partial<Call>): Promise<Answer | Failure>;
}

/** Milliseconds for a question that gets no answer, and for any other: on a busy machine those may take long. */
const brief = 150;
const long = 30_000;
/** Far beyond what a busy machine delays: what has not come by then does not come. */
const patience = 10_000;

/** @throws when it does not come, so that an adapter that waits for ever fails its case and no other */
async function inTime<Found>(waiting: Promise<Found>, what: string): Promise<Found> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${patience / 1000} s`)), patience);
  });
  return Promise.race([waiting, late]).finally(() => clearTimeout(timer));
}

/** Tries a module with the system of its fixtures, in subtests of `t`. */
export async function adapterConformance(t: Test, module: AdapterModule, fixtures: Fixtures): Promise<void> {
  const told: string[] = [];
  const open = (t: Test, more: JsonObject = {}) => openOn(t, module, fixtures, more, told);
  await t.test('its settings are those of its schemas', t => schemas(t, module, fixtures));
  await t.test('each question gets its own answer', t => answers(t, open, fixtures));
  await t.test('no more than the limit of an answer is taken', t => limits(t, open, fixtures));
  await t.test('what breaks the contract is malformed', t => malformed(t, open, fixtures));
  await t.test('an answer about another person is not passed off as one about who was asked', async t => {
    const { ask } = await open(t);
    const { identifier, ...question } = fixtures.stranger();
    const found = await ask(question);
    t.ok(isFailure(found) || JSON.stringify(found.body).includes(identifier), JSON.stringify(found));
  });
  if (fixtures.denied !== undefined) {
    await t.test('credentials that are refused are denied', async t => {
      const { ask } = await open(t, fixtures.denied);
      t.match(await ask(), { failure: failure.denied });
    });
  }
  if (fixtures.system !== undefined) {
    await t.test('the deadline is kept, and frees the connection', t => deadline(t, open, fixtures));
    await t.test('a probe ends with its signal, and frees the connection', t => probes(t, open));
    await t.test('bytes that are none of the protocol are a failure', t => garbled(t, open));
    await t.test('after every break it connects again', t => reconnects(t, open, fixtures));
    await t.test('closed, it holds no connection', async t => {
      const { ask, close, relay } = await open(t);
      await ask();
      await close();
      await inTime(
        until(() => relay.open() === 0),
        'every connection is closed',
      );
    });
  }
  await t.test('nothing that is secret or personal was told to the operators', async t => {
    t.ok(told.length > 0, 'something was told');
    for (const text of fixtures.hidden) t.notOk(told.join('\n').includes(text), `not ${text}`);
  });
}

type Open = (t: Test, more?: JsonObject) => Promise<Opened>;

async function openOn(t: Test, module: AdapterModule, fixtures: Fixtures, more: JsonObject, told: string[]) {
  // Without a system there is nobody to relay to, and nobody who comes.
  const relay = await startRelay(fixtures.system ?? { port: 9, host: '127.0.0.1' });
  const adapter = module.open({ ...fixtures.settings(relay.port), ...more }, contextOf(told));
  t.teardown(async () => {
    relay.let({ kind: 'pass' });
    // One that does not close must not keep the other cases from being tried.
    await inTime(opened.close(), 'it closes').catch(() => undefined);
    await relay.stop();
  });
  let closing: Promise<void> | undefined;
  const [{ request: usual }] = fixtures.examples;
  const opened: Opened = {
    relay,
    probe: signal => adapter.probe(signal),
    close() {
      closing ??= adapter.close();
      return closing;
    },
    async ask({ request = usual, ask = fixtures.ask } = {}, call = {}) {
      const found = await adapter.ask(request, callOf({ ask, deadline: long, ...call }));
      if (isFailure(found)) told.push(JSON.stringify(found));
      return found;
    },
  };
  return opened;
}

async function schemas(t: Test, { settingsSchema, serviceSchema, check, names }: AdapterModule, fixtures: Fixtures) {
  const settings = fixtures.settings(8080);
  t.strictSame(shapeFindings(settings, settingsSchema, strings.resolved), []);
  t.strictSame(shapeFindings(fixtures.ask, serviceSchema, strings.resolved), []);
  t.strictSame(check?.(settings, fixtures.ask) ?? [], []);
  t.ok(Array.isArray(names?.(fixtures.ask) ?? []));
}

async function answers(t: Test, open: Open, { examples }: Fixtures) {
  const { ask } = await open(t);
  const before = JSON.stringify(examples);
  for (const { request, body } of [...examples, ...examples]) t.match(await ask({ request }), { body });
  const many = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? examples[0] : examples[1]));
  const found = await Promise.all(many.map(({ request }) => ask({ request })));
  for (const [at, { body }] of many.entries()) t.match(found[at], { body }, `question ${at} of many at a time`);
  t.equal(JSON.stringify(examples), before, 'requests are left as they are');
}

async function limits(t: Test, open: Open, { examples }: Fixtures) {
  const { ask } = await open(t);
  t.match(await ask({}, { replyLimit: 8 }), { failure: failure.tooLarge });
  t.match(await ask(), { body: examples[0].body }, 'and the next is answered');
}

async function malformed(t: Test, open: Open, fixtures: Fixtures) {
  const { ask } = await open(t);
  t.match(await ask(fixtures.malformed()), { failure: failure.malformed });
}

async function deadline(t: Test, open: Open, { examples }: Fixtures) {
  for (const after of [0, 1, 30]) {
    const cold = await open(t);
    cold.relay.let({ kind: 'hold', after });
    const late = await inTime(cold.ask({}, { deadline: brief }), 'the deadline');
    t.match(late, { failure: failure.timeout }, `${after} bytes, and silence`);
    const { ask, relay } = await open(t);
    await ask();
    relay.let({ kind: 'hold', after });
    const again = await inTime(ask({}, { deadline: brief }), 'the deadline');
    t.match(again, { failure: failure.timeout }, `${after} bytes over a connection in use`);
    await inTime(relay.freed(), 'the connection is freed');
    relay.let({ kind: 'pass' });
    t.match(await ask(), { body: examples[0].body }, 'and the next is answered');
  }
}

async function probes(t: Test, open: Open) {
  const { probe, ask, relay } = await open(t);
  await ask();
  t.equal(await probe(new AbortController().signal), null);
  const controller = new AbortController();
  relay.let({ kind: 'hold', after: 0 });
  const probing = probe(controller.signal);
  await until(() => relay.held() > 0);
  controller.abort();
  t.not(await inTime(probing, 'the signal'), null, 'it gives up');
  await inTime(relay.freed(), 'the connection is freed');
  await relay.stop();
  t.match(await probe(new AbortController().signal), { failure: failure.unreachable });
  await relay.start();
}

async function garbled(t: Test, open: Open) {
  const known: readonly string[] = Object.values(failure);
  for (const bytes of ['SSH-2.0-OpenSSH_9.6\r\n', '\0'.repeat(40), '\xff'.repeat(40), 'HTTP/1.1 200 OK\r\n\r\n<']) {
    const { ask, relay } = await open(t);
    relay.let({ kind: 'garble', bytes });
    const found = await ask({}, { deadline: brief });
    t.ok(isFailure(found) && known.includes(found.failure), `${JSON.stringify(bytes)} ${JSON.stringify(found)}`);
  }
}

async function reconnects(t: Test, open: Open, { examples }: Fixtures) {
  const broken = new RegExp(`^(?:${failure.unreachable}|${failure.cutOff})$`);
  const good = { body: examples[0].body };
  const { ask, relay } = await open(t);
  t.match(await ask(), good);
  relay.reset();
  t.match(await ask(), good, 'a connection that broke while nobody used it');
  for (const after of [0, 30]) {
    relay.let({ kind: 'cut', after });
    t.match(await ask(), { failure: broken }, `a break after ${after} bytes`);
    relay.let({ kind: 'pass' });
    t.match(await ask(), good);
  }
  await relay.stop();
  t.match(await ask(), { failure: failure.unreachable, notActed: true }, 'nobody there');
  await relay.start();
  t.match(await ask(), good);
}
