/** Agreements that move at every append: nothing is released, yet the attempt is on record and its intent closed. */
import pg from 'pg';
import t from 'tap';
import { mostDecisions } from '../../src/exchange/decision.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';
import { until } from '../until.js';

const { unmarried, partner } = sampleResidents;

/** From the time it is made, the version moves under each append, so many times. */
const moveAt = (times: number) => `
  CREATE SEQUENCE moves;
  GRANT USAGE ON SEQUENCE moves TO stile_gateway;
  CREATE FUNCTION move() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF pg_trigger_depth() = 1 AND NEW.size > OLD.size AND nextval('moves') <= ${times} THEN
      UPDATE ledger_heads SET agreements = agreements + 1;
      RETURN NULL;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER move BEFORE UPDATE ON ledger_heads FOR EACH ROW WHEN (new.shard >= 0) EXECUTE FUNCTION move();`;

t.test('as often as an exchange is decided at the most', async t => {
  const gateway = await openGateway(t);
  const store = new pg.Client({ connectionString: gateway.database });
  store.on('error', () => {});
  await store.connect();
  t.teardown(() => store.end());
  const { civilAffairs } = gateway.departments;
  civilAffairs.misbehave({ kind: 'slow', milliseconds: 1000 });
  await gateway.token('housing/permits');
  const answering = gateway.exchange(
    'civil-affairs/marriage-appointment/v1',
    {
      residentId: unmarried.residentId,
      partnerResidentId: partner.residentId,
      date: '2030-05-20',
      office: '440304-01',
    },
    { 'stile-purpose': 'marriage-registration', 'idempotency-key': 'k-1' },
  );
  // The intent is durable by then, and the department takes its time.
  await until(() => civilAffairs.asked().length === 1);
  await store.query(moveAt(mostDecisions));
  const answer = await answering;

  t.match(answer.body, { code: 'STILE_RECORD_UNAVAILABLE', status: 503 });
  const { rows: moves } = await store.query('SELECT last_value::int AS moves FROM moves');
  t.ok(moves[0].moves > mostDecisions, 'the version moved under every decision, and then no more');
  const entry = await gateway.entry(answer.record);
  t.match(entry, {
    kind: 'exchange',
    outcome: 'unknown',
    code: 'STILE_RECORD_UNAVAILABLE',
    asked: true,
    intent: entry.id,
  });
  const { rows: intents } = await store.query('SELECT * FROM ledger_intents');
  t.same(intents, [], 'no intent is left open');
});
