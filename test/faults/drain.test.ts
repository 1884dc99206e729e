/** SIGTERM under load: what is in flight is answered and recorded, what comes later is told to go elsewhere, and nothing is left. */
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startGateway } from './gateway-process.js';
import { openLoaded, recordsOf, startLoad } from './load.js';

/** Less than Node.js gives a connection to send its first request, milliseconds. */
const patience = 25_000;

t.test('a gateway that drains', { timeout: 120_000 }, async t => {
  const { options, client, gateway } = await openLoaded(t);
  // As a load balancer connects ahead: it is not waited for.
  const silent = connect(options.port, '127.0.0.1').on('error', () => {});
  t.teardown(() => silent.destroy());
  const load = startLoad(client);
  await load.more();
  const ending = gateway.end('SIGTERM');
  const late = pause(patience, 'late', { ref: false });
  t.equal(await Promise.race([ending, late]), 0, 'it ends by itself, and well');
  await ending;
  t.equal(await isListening(options.port), false, 'its port is free');
  await pause(100);
  await load.stop();

  const next = await startGateway(options);
  t.teardown(() => next.end('SIGTERM'));
  const stored = await recordsOf(client);
  const byRecord = new Map(stored.map(record => [record.record, record.trace]));
  const lost = load.received.filter(({ record, trace }) => byRecord.get(record) !== trace);
  t.same(lost, [], `each of ${load.received.length} replies has its record`);
  t.equal(stored.length, load.received.length, 'and each record its reply: nothing was recorded and then dropped');
  t.same(
    [...new Set(load.refused)].filter(code => !drainingCodes.has(code)),
    [],
    'whoever was refused was told that the gateway takes no more',
  );
});

const drainingCodes = new Set(['STILE_OVERLOADED', 'STILE_RECORD_UNAVAILABLE', 'undefined']);

function isListening(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}
