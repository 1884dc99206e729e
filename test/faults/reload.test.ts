/** Config that changes again and again under load, and a gateway killed while it takes a change up. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { copyConfig, editFile, openConfigGateway } from '../configuration/config-gateway.js';
import { until } from '../until.js';
import { startGateway } from './gateway-process.js';
import { openLoaded, recordsOf, startLoad } from './load.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
const department = 'config/departments/civil-affairs.yaml';

t.test('no request fails while config is swapped under load, adapters opened anew among it', async t => {
  const gateway = await openConfigGateway(t);
  await gateway.token('housing/permits');
  const answers: string[] = [];
  let stopped = false;
  const calling = Array.from({ length: 8 }, async () => {
    while (!stopped) {
      const { status, body } = await gateway.exchange(marriage, { residentId });
      answers.push(status === 200 ? 'released' : String(body?.code));
    }
  });
  // Resilience is the adapter's own, and no agreement is granted on it: the adapter is another each time.
  for (let concurrency = 40; concurrency < 50; concurrency++) {
    const [registry, known] = [(await gateway.config()).registry, answers.length];
    await gateway.edit(department, text =>
      text.replace(
        / {4}kind: http\n(?: {4}resilience: .*\n)?/,
        `    kind: http\n    resilience: { concurrency: ${concurrency} }\n`,
      ),
    );
    await gateway.reload({ way: 'signal' });
    t.not((await gateway.config()).registry, registry);
    await until(() => answers.length > known + 20);
  }
  stopped = true;
  await Promise.all(calling);
  t.same([...new Set(answers)], ['released']);
});

t.test('killed while it takes a change up, it has lost nothing and serves what the files say', async t => {
  const folder = await copyConfig(t);
  const loaded = await openLoaded(t, { STILE_CONFIG: join(folder, 'config'), STILE_SCHEMAS: join(folder, 'schemas') });
  const { client, options } = loaded;
  let { gateway } = loaded;
  t.teardown(() => gateway.end('SIGKILL'));
  const load = startLoad(client);
  t.teardown(() => load.stop());
  const config = async () => {
    const headers = { authorization: `Bearer ${await client.token('staff/operator')}` };
    return (await client.call('/operate/config', { headers })).body as { registry: string; refused: unknown };
  };
  // From before the signal to after the swap, wherever in between each kill may fall.
  for (const [round, delay] of [0, 60, 250].entries()) {
    await load.more();
    const { registry } = await config();
    await editFile(join(folder, department), text =>
      text.replace(/en: Marriage status\S*/, `en: Marriage status${round}`),
    );
    gateway.process.kill('SIGHUP');
    await pause(delay);
    await gateway.end('SIGKILL');
    gateway = await startGateway(options);
    const after = await config();
    t.not(after.registry, registry);
    t.equal(after.refused, null);
  }
  await load.more();
  await load.stop();
  const recorded = new Map((await recordsOf(client)).map(({ record, trace }) => [record, trace]));
  for (const { record, trace } of load.received) t.equal(recorded.get(record), trace, record);
});
