/** A department's system that keeps failing is left alone for a while, and its callers are told at once; others' notice nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import t from 'tap';
import { type Answer, type Call, type Failure, type FailureKind, failure } from '../../adapters/adapter.js';
import { openBreaker, throughBreaker } from '../../src/exchange/breaker.js';
import type { Asking } from '../../src/exchange/bulkhead.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, withoutCounting } from '../gateway.js';
import { refusedWith } from '../refusal.js';
import { until } from '../until.js';

const { married } = sampleResidents;
const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';
const request = { residentId: married.residentId };

/** A system that answers as it is told to, and counts how often it is asked. */
function told() {
  const state = { answer: { body: {} } as Answer | Failure | Promise<Answer>, asked: 0 };
  const ask: Asking = async () => {
    state.asked += 1;
    return state.answer;
  };
  return { state, ask };
}

const call = {} as Call;
const settings = { pause: 200, window: 1000, failures: 0.5, questions: 5 };
const silent = pino({ level: 'silent' });
const failed = (kind: FailureKind): Failure => ({ failure: kind, detail: '' });
const guard = (ask: Asking, logger = silent) => throughBreaker(openBreaker(settings, logger), ask);

t.test('it opens on failures by which a system shows that it is away, and on no others', async t => {
  const away: readonly string[] = [failure.timeout, failure.unreachable, failure.cutOff, failure.failing];
  for (const kind of Object.values(failure)) {
    const { state, ask } = told();
    const guarded = guard(ask);
    state.answer = failed(kind);
    for (let count = 0; count < 20; count++) await guarded({}, call);
    t.equal(state.asked < 20, away.includes(kind), kind);
  }
});

t.test('it stays closed while half of the questions are answered, or few are asked', async t => {
  const { state, ask } = told();
  const guarded = guard(ask);
  for (let count = 0; count < 40; count++) {
    state.answer = count % 5 < 3 ? { body: {} } : failed(failure.timeout);
    await guarded({}, call);
  }
  t.equal(state.asked, 40);
  const seldom = told();
  const other = guard(seldom.ask);
  seldom.state.answer = failed(failure.timeout);
  for (let count = 0; count < 3; count++) await other({}, call);
  t.equal(seldom.state.asked, 3);
});

t.test('after its pause one question tries it, and it closes once that is answered', async t => {
  const { state, ask } = told();
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: line => lines.push(line) });
  const guarded = guard(ask, logger);
  const isPaused = async () => {
    const found = await guarded({}, call);
    return 'failure' in found && found.failure === failure.paused && found.notActed === true;
  };
  state.answer = failed(failure.unreachable);
  await until(isPaused);
  const before = state.asked;
  t.ok(await isPaused());
  t.equal(state.asked, before, 'it is not asked meanwhile');
  await sleep(settings.pause);
  await guarded({}, call);
  t.equal(state.asked, before + 1, 'one tried it in vain');
  t.ok(await isPaused(), 'and it is left alone again');
  state.answer = { body: { well: true } };
  await until(async () => !(await isPaused()));
  t.same(await guarded({}, call), { body: { well: true } });
  t.match(lines[0], /a department fails too often and is not asked for a while/);
  t.match(lines.at(-1), /a department is asked again/);
});

t.test('while one question tries it, the others are told at once and do not wait for its answer', async t => {
  const { state, ask } = told();
  const guarded = guard(ask);
  state.answer = failed(failure.timeout);
  await until(async () => (await guarded({}, call)) !== state.answer);
  await sleep(settings.pause);
  const { promise, answer } = later();
  state.answer = promise;
  const trying = guarded({}, call);
  t.match(await guarded({}, call), { failure: 'paused', notAsked: true });
  answer({ body: {} });
  t.same(await trying, { body: {} });
  t.same(await guarded({}, call), { body: {} });
});

function later() {
  let answer: (found: Answer) => void = () => undefined;
  const promise = new Promise<Answer>(resolve => {
    answer = resolve;
  });
  return { promise, answer: (found: Answer) => answer(found) };
}

t.test(
  'behind a gateway: the caller is told, the record says that nobody was asked, and another department answers',
  async t => {
    const gateway = await openGateway(t, { change: withoutCounting });
    gateway.departments.civilAffairs.misbehave({ kind: 'down' });
    const answers = await Promise.all(Array.from({ length: 24 }, () => gateway.exchange(marriage, request)));
    t.ok(answers.some(({ body }) => body?.code === 'STILE_DEPARTMENT_UNREACHABLE'));
    const paused = await gateway.exchange(marriage, request);
    await refusedWith(t, gateway, paused, 'STILE_DEPARTMENT_PAUSED', { asked: false });
    t.equal(paused.headers.get('retry-after'), '10');
    t.equal((await gateway.exchange(household, request)).status, 200);
  },
);
