/** Floods of refusals, by strangers and by a valid client: few entries, counts that add up exactly, and exchanges go on. */
import pg from 'pg';
import t, { type Test } from 'tap';
import type { ErrorCode } from '../../src/errors.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { type Answer, openGateway } from '../gateway.js';
import { until } from '../until.js';
import { account, exchangeTraced, type Traced } from './account.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
const sent = process.env.STILE_SLOW ? 5_000 : 500;

const gateway = await openGateway(t, {
  change: registry => {
    const exchange = { ...registry.settings.exchange, trustedProxies: ['127.0.0.1'] };
    return { ...registry, settings: { ...registry.settings, exchange } };
  },
});
const store = new pg.Pool({ connectionString: gateway.database, max: 1 });
// The database is dropped when the test ends, which idle connections hear of.
store.on('error', () => {});
t.teardown(() => store.end());
const rates = gateway.registry.settings.exchange.refusals;
await gateway.token('housing/permits');
await gateway.token('housing/archive');

interface Recorded {
  /** Entries of one refusal each. */
  readonly single: number;
  /** Entries of many. */
  readonly groups: number;
  /** What those count together. */
  readonly counted: number;
  readonly sources: number;
}

async function recordedOf(code: ErrorCode): Promise<Recorded> {
  const { rows } = await store.query(
    `SELECT count(*) FILTER (WHERE kind = 'exchange')::int AS single,
      count(*) FILTER (WHERE kind = 'refusals')::int AS groups,
      coalesce(sum((entry ->> 'count')::int) FILTER (WHERE kind = 'refusals'), 0)::int AS counted,
      coalesce(sum((SELECT sum((source ->> 'count')::int) FROM json_array_elements(entry -> 'sources') AS source))
        FILTER (WHERE kind = 'refusals'), 0)::int AS sources
    FROM (SELECT kind, code, convert_from(entry, 'UTF8')::json AS entry FROM ledger_entries) AS entries
    WHERE code = $1`,
    [code],
  );
  return rows[0];
}

/**
 * Sends refusals as fast as it can while another client's exchanges go on, and asserts that the ledger holds few entries
 * that say exactly how many there were.
 *
 * @param rate most entries of their own a second
 */
async function flood(t: Test, code: ErrorCode, rate: number, call: (number: number) => Promise<Answer>): Promise<void> {
  const before = await recordedOf(code);
  const begun = Date.now();
  let next = 0;
  const answers: Answer[] = [];
  const flooder = async () => {
    while (next < sent) answers.push(await call(next++));
  };
  const exchanges: Traced[] = [];
  const flooding = Promise.all(Array.from({ length: 24 }, flooder));
  while (answers.length < sent) exchanges.push(await exchangeTraced(gateway, marriage, { residentId }));
  await flooding;
  const seconds = Math.floor(Date.now() / 1000) - Math.floor(begun / 1000) + 1;

  t.same(
    answers.filter(({ body }) => body?.code !== code),
    [],
    'every one of them is refused with its code',
  );
  const withRecord = answers.filter(({ record }) => record !== null);
  let after = await recordedOf(code);
  await until(async () => {
    after = await recordedOf(code);
    return after.single + after.counted - before.single - before.counted >= sent;
  });
  t.equal(after.single - before.single, withRecord.length, 'a refusal with a record of its own names it');
  t.equal(after.counted - before.counted, sent - withRecord.length, 'and all the others are counted, none twice');
  t.equal(after.sources - before.sources, sent - withRecord.length, 'each by where it came from');
  t.ok(after.groups - before.groups <= seconds + 2, 'in one entry a second');
  t.same(
    exchanges.filter(({ answer }) => answer.status !== 200),
    [],
    `meanwhile ${exchanges.length} exchanges of a valid client went through`,
  );
  t.ok(exchanges.length > 0);
  await account(t, gateway, exchanges);
  t.ok(withRecord.length <= rate * seconds, `${withRecord.length} of ${sent} have an entry of their own`);
}

const post = (path: string, headers: Readonly<Record<string, string>>) =>
  gateway.call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stile-purpose': 'public-rental-housing', ...headers },
    body: { residentId },
  });

t.test('by a stranger at one place', async t => {
  await flood(t, 'STILE_TOKEN_MISSING', rates.source, () => post(`/exchange/${marriage}`, {}));
});

t.test('by strangers at many places', async t => {
  await flood(t, 'STILE_TOKEN_INVALID', rates.all, number =>
    post(`/exchange/${marriage}`, {
      authorization: 'Bearer no.token.atall',
      'x-forwarded-for': `198.51.${number % 7}.${number % 251}`,
    }),
  );
});

t.test('by a valid client', async t => {
  const authorization = `Bearer ${await gateway.token('housing/archive')}`;
  await flood(t, 'STILE_AGREEMENT_CLIENT', rates.client, () => post(`/exchange/${marriage}`, { authorization }));
});

t.test('by a valid client that asks for ever other services', async t => {
  const authorization = `Bearer ${await gateway.token('housing/archive')}`;
  await flood(t, 'STILE_SERVICE_UNKNOWN', rates.client, number =>
    post(`/exchange/civil-affairs/none-${number}/v1`, { authorization }),
  );
});
