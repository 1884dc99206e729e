/** Callers that hang up, before their request is complete and while the department is asked: recorded, and nothing is released. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import pg from 'pg';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';
import { refusedWith } from '../refusal.js';
import { until } from '../until.js';

const marriage = 'civil-affairs/marriage-status/v1';
const appointment = 'civil-affairs/marriage-appointment/v1';
const { married, unmarried, partner } = sampleResidents;

const gateway = await openGateway(t);
const { civilAffairs } = gateway.departments;
const token = await gateway.token('housing/permits');
const store = new pg.Pool({ connectionString: gateway.database, max: 1 });
// The database is dropped when the test ends, which idle connections hear of.
store.on('error', () => {});
t.teardown(() => store.end());

interface RawCall {
  readonly trace: string;
  readonly socket: Socket;
  /** What the gateway has sent so far. */
  readonly received: () => string;
}

/**
 * Begins a call on a connection of its own.
 *
 * @param bytes of the body that are sent; all when absent
 */
function begin(service: string, request: object, headers: Readonly<Record<string, string>>, bytes?: number): RawCall {
  const trace = randomBytes(16).toString('hex');
  const body = JSON.stringify(request);
  const lines = Object.entries({
    host: 'gateway',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': String(body.length),
    traceparent: `00-${trace}-${randomBytes(8).toString('hex')}-01`,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('utf8').on('data', chunk => {
    received += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(`POST /exchange/${service} HTTP/1.1\r\n${lines.join('')}\r\n${body.slice(0, bytes)}`);
  return { trace, socket, received: () => received };
}

/** The entries of an exchange, once there is one of this kind. */
async function entriesOf({ trace }: RawCall, kind = 'exchange'): Promise<readonly Readonly<Record<string, unknown>>[]> {
  let found: readonly Readonly<Record<string, unknown>>[] = [];
  await until(async () => {
    const { rows } = await store.query(`SELECT convert_from(entry, 'UTF8')::json AS entry FROM ledger_entries
      WHERE convert_from(entry, 'UTF8') LIKE '%${trace}%' ORDER BY shard, index`);
    found = rows.map(row => row.entry);
    return found.some(entry => entry.kind === kind);
  });
  return found;
}

const purpose = { 'stile-purpose': 'public-rental-housing' };
const ways: Readonly<Record<string, (socket: Socket) => unknown>> = {
  closes: socket => socket.destroy(),
  resets: socket => socket.resetAndDestroy(),
  'says that it has nothing more to say': socket => socket.end(),
};

for (const [name, hangUp] of Object.entries(ways)) {
  t.test(`the caller ${name} while the department is asked`, async t => {
    civilAffairs.misbehave({ kind: 'slow', milliseconds: 200, times: 1 });
    const asked = civilAffairs.asked().length;
    const call = begin(marriage, { residentId: married.residentId }, purpose);
    await until(() => civilAffairs.asked().length > asked);
    hangUp(call.socket);
    const entries = await entriesOf(call);
    t.match(entries, [
      { client: 'housing/permits', outcome: 'failed', code: 'STILE_CALLER_GONE', stage: 'record', asked: true },
    ]);
    t.equal(entries[0]?.fields, undefined, 'no field was released');
    t.notMatch(call.received(), /HTTP/, 'and not a byte was sent');
  });

  t.test(`the caller ${name} in the middle of its request`, async t => {
    const asked = civilAffairs.asked().length;
    const call = begin(marriage, { residentId: married.residentId }, purpose, 10);
    await new Promise(resolve => call.socket.once('connect', resolve));
    // Not before the gateway has begun to read it.
    await gateway.call('/health/live');
    hangUp(call.socket);
    t.match(await entriesOf(call), [
      { service: marriage, source: '127.0.0.1', outcome: 'failed', code: 'STILE_CALLER_GONE', asked: false },
    ]);
    t.equal(civilAffairs.asked().length, asked);
    t.notMatch(call.received(), '"status"');
  });
}

t.test('a service with effects: what was done is unknown to the caller, so its key answers no second time', async t => {
  const request = {
    residentId: unmarried.residentId,
    partnerResidentId: partner.residentId,
    date: '2030-05-20',
    office: '440304-01',
  };
  const headers = { 'stile-purpose': 'marriage-registration', 'idempotency-key': 'k-1' };
  civilAffairs.misbehave({ kind: 'slow', milliseconds: 200, times: 1 });
  const asked = civilAffairs.asked().length;
  const call = begin(appointment, request, headers);
  await until(() => civilAffairs.asked().length > asked);
  call.socket.destroy();
  const [intent, record] = await entriesOf(call);
  t.match(intent, { kind: 'intent' });
  t.match(record, { outcome: 'unknown', code: 'STILE_CALLER_GONE', asked: true, intent: intent?.id });
  t.equal((await store.query('SELECT id FROM ledger_intents')).rowCount, 0, 'the intent is closed');
  const again = await gateway.exchange(appointment, request, headers);
  await refusedWith(t, gateway, again, 'STILE_REPEAT_UNANSWERED', { asked: false });
  t.equal(civilAffairs.appointments().length, 1, 'it was done once');
});

t.test('whoever stays is served', async t => {
  t.equal((await gateway.exchange(marriage, { residentId: married.residentId })).status, 200);
});
