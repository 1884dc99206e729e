/** A gateway to be killed and started again on one store, behind a proxy that holds up what it says there; everything goes when the test ends. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { type Departments, startDepartments } from '../../src/sandbox/departments.js';
import { migratedDatabase } from '../database.js';
import { callers } from '../gateway.js';
import { until } from '../until.js';
import { makeConfig } from './config-folder.js';
import { openCutProxy } from './cut-proxy.js';
import { freePort, type GatewayProcess, startGateway } from './gateway-process.js';

export interface KillableGateway {
  readonly departments: Departments;
  /** Connection string of the store, past the proxy. */
  readonly store: string;
  readonly proxy: Awaited<ReturnType<typeof openCutProxy>>;
  readonly client: ReturnType<typeof callers>;
  /** Resolves when it is ready. */
  start(): Promise<GatewayProcess>;
}

export async function openKillableGateway(t: Test): Promise<KillableGateway> {
  const departments = await startDepartments({ host: '127.0.0.1', apiKey: 'key', secret: 'secret' });
  t.teardown(() => departments.close());
  const store = await migratedDatabase(t);
  const proxy = await openCutProxy(t, store);
  const folder = t.testdir();
  const port = await freePort();
  const config = await makeConfig(
    folder,
    text => `${text}\nledger: { shards: 1, lease: 1000, deadline: 3000, statementDeadline: 1500 }\n`,
  );
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder);
  const client = callers(`http://127.0.0.1:${port}`);

  async function start(): Promise<GatewayProcess> {
    const gateway = await startGateway({
      port,
      dataFolder,
      program: [fileURLToPath(new URL('./bare-gateway.js', import.meta.url))],
      environment: { ...config, DATABASE_URL: proxy.database, ...departments.variables },
    });
    t.teardown(async () => void (await gateway.end('SIGKILL')));
    await until(async () => (await client.call('/health/ready')).status === 200);
    return gateway;
  }

  return { departments, store, proxy, client, start };
}
