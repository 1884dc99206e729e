/** A department's system that keeps failing is left alone for a while, and its callers are told at once; others' notice nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import t from 'tap';
import {
  type Adapter,
  type Answer,
  type Call,
  type Failure,
  type FailureKind,
  failure,
} from '../../adapters/adapter.js';
import { withBreaker } from '../../src/exchange/breaker.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, withoutCounting } from '../gateway.js';
import { refusedWith } from '../refusal.js';
import { until } from '../until.js';

const { married } = sampleResidents;
const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';
const request = { residentId: married.residentId };

/** An adapter that answers as it is told to, and counts how often it is asked. */
function told() {
  const state = { answer: { body: {} } as Answer | Failure, asked: 0, closed: 0 };
  const adapter: Adapter = {
    async ask() {
      state.asked += 1;
      return state.answer;
    },
    probe: async () => ({ failure: failure.unreachable, detail: 'probed' }),
    async close() {
      state.closed += 1;
    },
  };
  return { state, adapter };
}

const call = {} as Call;
const patience = { pause: 200, duration: 1000, threshold: 0.5, minimumRps: 5 };
const silent = pino({ level: 'silent' });
const failed = (kind: FailureKind): Failure => ({ failure: kind, detail: '' });

t.test('it opens on failures by which a system shows that it is away, and on no others', async t => {
  const away: readonly string[] = [failure.timeout, failure.unreachable, failure.cutOff, failure.failing];
  for (const kind of Object.values(failure)) {
    const { state, adapter } = told();
    const guarded = withBreaker(adapter, silent, patience);
    state.answer = failed(kind);
    for (let count = 0; count < 20; count++) await guarded.ask({}, call);
    t.equal(state.asked < 20, away.includes(kind), kind);
  }
});

t.test('it stays closed while half of the questions are answered, or few are asked', async t => {
  const { state, adapter } = told();
  const guarded = withBreaker(adapter, silent, patience);
  for (let count = 0; count < 40; count++) {
    state.answer = count % 5 < 3 ? { body: {} } : failed(failure.timeout);
    await guarded.ask({}, call);
  }
  t.equal(state.asked, 40);
  const seldom = told();
  const other = withBreaker(seldom.adapter, silent, patience);
  seldom.state.answer = failed(failure.timeout);
  for (let count = 0; count < 3; count++) await other.ask({}, call);
  t.equal(seldom.state.asked, 3);
});

t.test('after its pause one question tries it, and it closes once that is answered', async t => {
  const { state, adapter } = told();
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: line => lines.push(line) });
  const guarded = withBreaker(adapter, logger, patience);
  const isPaused = async () => {
    const found = await guarded.ask({}, call);
    return 'failure' in found && found.failure === failure.paused && found.notActed === true;
  };
  state.answer = failed(failure.unreachable);
  await until(isPaused);
  const before = state.asked;
  t.ok(await isPaused());
  t.equal(state.asked, before, 'it is not asked meanwhile');
  await sleep(patience.pause);
  await guarded.ask({}, call);
  t.equal(state.asked, before + 1, 'one tried it in vain');
  t.ok(await isPaused(), 'and it is left alone again');
  state.answer = { body: { well: true } };
  await until(async () => !(await isPaused()));
  t.same(await guarded.ask({}, call), { body: { well: true } });
  t.match(lines[0], /a department fails too often and is not asked for a while/);
  t.match(lines.at(-1), /a department is asked again/);
  t.match(await guarded.probe(AbortSignal.timeout(1000)), { detail: 'probed' }, 'a probe goes past it');
  await guarded.close();
  t.equal(state.closed, 1);
});

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
