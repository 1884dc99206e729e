/** Of a department's system so many questions are asked at a time and so many wait: the next are told at once, and nobody waits past the deadline. */
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { adapter as http } from '../../adapters/http.js';
import { adapter as sql } from '../../adapters/sql.js';
import { Bulkhead, type Caller, throughBulkhead } from '../../src/exchange/bulkhead.js';
import { guard } from '../../src/exchange/guard.js';
import type { Registry, Service } from '../../src/registry/registry.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { answered, good, service } from '../adapters/asking.js';
import { callOf, contextOf } from '../adapters/calls.js';
import { postgresql } from '../adapters/sql-postgresql-systems.js';
import * as tables from '../adapters/sql-systems.js';
import { type Answering, json, startHttp } from '../adapters/systems.js';
import { type Answer, openGateway, withoutCounting } from '../gateway.js';
import { refusedWith } from '../refusal.js';
import { until } from '../until.js';

const breaker = { window: 10_000, questions: 1000, failures: 0.5, pause: 10_000 };
const silent = pino({ level: 'silent' });
const patient: Caller = { onGone: () => () => undefined };
const busy = {
  failure: 'busy',
  detail: '2 questions under way, and 1 waiting',
  notActed: true,
  notAsked: true,
};
const late = { failure: 'timeout', notActed: true, notAsked: true };

/** A system that answers when it is let, through an adapter that is asked at most two questions at a time. */
async function held(t: Test) {
  const waiting: (() => void)[] = [];
  const answering: Answering = (...given) => void waiting.push(() => good(...given));
  const system = await startHttp(answering);
  const opened = http.open({ baseUrl: system.url }, { ...contextOf(), concurrency: 2 });
  t.teardown(async () => {
    await opened.close();
    await system.close();
  });
  const guarded = guard(opened, { resilience: { concurrency: 2, queue: 1, breaker } }, silent);
  const ask = (deadline = 60_000, caller = patient) =>
    guarded.ask({ id: '1' }, callOf({ ask: service, deadline }), caller);
  /** Lets the oldest question have its answer. */
  const answer = async () => {
    await until(() => waiting.length > 0);
    waiting.shift()?.();
  };
  return { system, ask, answer };
}

t.test('what is too much is busy at once, and each that ends makes way for the one that waits', async t => {
  const { system, ask, answer } = await held(t);
  const underWay = [ask(), ask(), ask()];
  t.strictSame(await ask(), busy);
  await until(() => system.asked.length === 2);
  t.equal(system.sockets.length, 2, 'two connections');
  await answer();
  await until(() => system.asked.length === 3);
  underWay.push(ask());
  t.strictSame(await ask(), busy);
  for (let left = 3; left > 0; left--) await answer();
  t.strictSame(await Promise.all(underWay), [answered, answered, answered, answered]);
  t.equal(system.sockets.length, 2);
});

t.test(
  'who waits past the deadline, or hangs up, gives the place in the queue to another and takes no turn',
  async t => {
    const { system, ask, answer } = await held(t);
    const underWay = [ask(), ask()];
    t.match(await ask(20), late, 'its turn does not come');
    let hangUp: () => void = () => undefined;
    let forgotten = false;
    const caller = {
      onGone(listener: () => void) {
        hangUp = listener;
        return () => {
          forgotten = true;
        };
      },
    };
    const gone = ask(60_000, caller);
    t.strictSame(await ask(), busy);
    hangUp();
    t.match(await gone, late);
    t.ok(forgotten);
    const next = ask();
    await answer();
    await until(() => system.asked.length === 3);
    await answer();
    await answer();
    t.strictSame(await Promise.all([...underWay, next]), [answered, answered, answered]);
    t.equal(system.asked.length, 3, 'nobody asked for those who gave up');
  },
);

t.test('what was waited is taken from the time of the question', async t => {
  const deadlines: number[] = [];
  const ends: (() => void)[] = [];
  const ask = throughBulkhead(new Bulkhead({ concurrency: 1, queue: 1 }), async (_, { deadline }) => {
    deadlines.push(deadline);
    await new Promise<void>(resolve => ends.push(resolve));
    return answered;
  });
  const call = callOf({ deadline: 60_000 });
  const [first, second] = [ask({}, call, patient), ask({}, call, patient)];
  await new Promise(resolve => setTimeout(resolve, 20));
  ends.shift()?.();
  t.equal(await first, answered);
  await until(() => ends.length > 0);
  ends.shift()?.();
  t.equal(await second, answered);
  const [whole = 0, rest = 0] = deadlines;
  t.equal(whole, 60_000);
  t.ok(rest <= 60_000 - 15, `${rest} ms are left`);
});

t.test('a database has no more connections than questions at a time', async t => {
  const { settings, owner } = await postgresql(t);
  const opened = sql.open(settings, { ...contextOf(), concurrency: 2 });
  t.teardown(() => opened.close());
  const guarded = guard(opened, { resilience: { concurrency: 2, queue: 20, breaker } }, silent);
  const found = await Promise.all(
    Array.from({ length: 12 }, () => guarded.ask(tables.known, callOf({ ask: tables.service }), patient)),
  );
  t.strictSame(
    found,
    Array.from({ length: 12 }, () => tables.answered),
  );
  const { rows } = await owner.query(
    "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'stile' AND datname = current_database()",
  );
  t.strictSame(rows, [{ count: 2 }]);
});

t.test('behind a gateway: one department hangs, and of another’s exchanges none fails or waits', async t => {
  const marriage = 'civil-affairs/marriage-status/v1';
  const household = 'public-security/household/v1';
  const request = { residentId: sampleResidents.married.residentId };
  const waiting: (() => void)[] = [];
  const hanging = await startHttp((...given) => void waiting.push(() => json({}, 500)(...given)));
  t.teardown(() => hanging.close());
  const narrow = (registry: Registry): Registry => ({
    ...withoutCounting(registry),
    services: new Map([...registry.services].map(([id, each]) => [id, { ...each, ...narrowed(each) }])),
  });
  const narrowed = ({ department, adapter }: Service): Partial<Service> =>
    adapter === undefined
      ? {}
      : {
          deadline: 60_000,
          adapter: {
            ...adapter,
            settings: department === 'civil-affairs' ? { baseUrl: hanging.url } : adapter.settings,
            resilience: { concurrency: 2, queue: 3, breaker },
          },
        };
  const gateway = await openGateway(t, { change: narrow });
  const told: Answer[] = [];
  const asked = Array.from({ length: 9 }, async () => void told.push(await gateway.exchange(marriage, request)));
  await until(() => told.length === 4 && waiting.length === 2);
  const tooMany = told.splice(0);
  for (const answer of tooMany) {
    await refusedWith(t, gateway, answer, 'STILE_DEPARTMENT_BUSY', { asked: false });
    t.equal(answer.headers.get('retry-after'), '1');
  }
  for (let count = 0; count < 20; count++) {
    const pair = await Promise.all([gateway.exchange(household, request), gateway.exchange(household, request)]);
    for (const { status, text } of pair) t.equal(status, 200, text);
  }
  t.equal(waiting.length, 2, 'meanwhile the other had answered nobody');
  t.equal(gateway.departments.publicSecurity.asked().length, 40, 'each was asked once');
  for (let left = 5; left > 0; left--) {
    await until(() => waiting.length > 0);
    waiting.shift()?.();
  }
  await Promise.all(asked);
  t.strictSame(
    told.map(({ body }) => body?.code),
    Array.from({ length: 5 }, () => 'STILE_DEPARTMENT_FAILING'),
  );
});
