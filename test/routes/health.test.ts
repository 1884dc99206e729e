import pg from 'pg';
import t from 'tap';
import { openGateway } from '../gateway.js';
import { until } from '../until.js';

t.test('readiness warns of partitions that could not be made, while the gateway still works', async t => {
  const gateway = await openGateway(t);
  t.same((await gateway.call('/health/ready')).body, { status: 'ready' });
  const owner = new pg.Pool({ connectionString: gateway.database, max: 1 });
  t.teardown(() => owner.end());
  const { rows } = await owner.query(
    `SELECT max(inhrelid::regclass::text) AS name FROM pg_inherits WHERE inhparent = 'ledger_subjects'::regclass`,
  );
  await owner.query(`DROP TABLE ${rows[0].name}; CREATE TABLE ${rows[0].name} ()`);
  const another = await openGateway(t, { beside: gateway });
  const ready = await another.call('/health/ready');
  t.match(ready, { status: 200, body: { status: 'ready', warnings: ['months'] } });
});

t.test('a gateway is not ready as long as it cannot see that nothing erased is back', async t => {
  const gateway = await openGateway(t);
  const owner = new pg.Pool({ connectionString: gateway.database, max: 1 });
  t.teardown(() => owner.end());
  await owner.query('REVOKE SELECT ON ledger_texts FROM stile_gateway');
  const another = await openGateway(t, { beside: gateway });
  t.match(await another.call('/health/ready'), { status: 503, body: { status: 'not-ready', reason: 'erasures' } });
  await owner.query('GRANT SELECT ON ledger_texts TO stile_gateway');
  await until(async () => (await another.call('/health/ready')).status === 200);
});
