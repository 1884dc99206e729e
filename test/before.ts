/** Runs before the suite: starts the PostgreSQL that all test files share, makes what their databases are copied from, and clears away what an interrupted run left. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { startEmbedded } from '../src/store/embedded.js';
import { migrate } from '../src/store/migrate.js';
import { databaseOn, migrated } from './database.js';
import { once } from './store/statement.js';
import { runnerOf, suiteFolder } from './suite-folder.js';

const logger = pino({ level: 'silent' });

for (const name of await readdir(tmpdir())) {
  const runner = runnerOf(name);
  if (runner === undefined || isAlive(runner)) continue;
  const dataFolder = join(tmpdir(), name);
  const left = await startEmbedded({ dataFolder, logger });
  await left.stop();
  await rm(dataFolder, { recursive: true });
}

const dataFolder = suiteFolder(process.ppid);
await mkdir(dataFolder, { mode: 0o755 });
const server = await startEmbedded({ dataFolder, logger });
const connections = { owner: server.connectionString, gateway: server.gatewayConnectionString };
await once(server.connectionString, `CREATE DATABASE ${migrated}`);
await migrate(databaseOn(server.connectionString, migrated));
await writeFile(join(dataFolder, 'connections'), JSON.stringify(connections), { mode: 0o600 });
// Leaves the server running, as a killed gateway would; `after` takes it over.
process.exit(0);

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
