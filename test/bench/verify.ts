/**
 * `npm run bench:verify`: how long `stile ledger verify --store` takes over a ledger, and the most memory it has meanwhile.
 *
 * Fills a store of its own first, or takes the one that an earlier run left in `--folder`.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { logKeyFolder, readLogKeys } from '../../src/ledger/log-key.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import { root } from '../../src/root.js';
import { startEmbedded } from '../../src/store/embedded.js';
import { deployment, fillLedger } from './filled-ledger.js';

const { values } = parseArgs({
  options: { entries: { type: 'string', default: '1000000' }, folder: { type: 'string' } },
});
const count = Number(values.entries);
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'stile-bench-'));
mkdirSync(folder, { recursive: true });
// The server runs as another user when this is root, and keeps its files here if it may enter.
chmodSync(folder, 0o755);
const server = await startEmbedded({ dataFolder: folder, logger: pino({ level: 'warn' }) });

/** Seconds, and the most memory of the process, megabytes. */
async function verify(): Promise<{ readonly seconds: number; readonly megabytes: number }> {
  const key = verifierKeysOf(`${deployment}/ledger`, readLogKeys(logKeyFolder(folder))).at(-1) ?? '';
  const began = performance.now();
  const words = [join(root, 'bin', 'stile.js'), 'ledger', 'verify', '--store', '--key', key];
  const env = { ...process.env, DATABASE_URL: server.connectionString };
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  let most = 0;
  const look = setInterval(() => {
    const [, kilobytes = '0'] = /^VmHWM:\s+(\d+)/m.exec(statusOf(child.pid)) ?? [];
    most = Math.max(most, Number(kilobytes));
  }, 100);
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`it ended with ${code}`);
  return { seconds: (performance.now() - began) / 1000, megabytes: most / 1024 };
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has ended, or this is no Linux.
    return '';
  }
}

try {
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  const { rows } = await client.query(`SELECT to_regclass('ledger_heads') IS NOT NULL AS there`);
  await client.end();
  if (rows[0].there !== true) {
    const began = performance.now();
    await fillLedger(server.connectionString, folder, count, written =>
      process.stderr.write(`\r${written} of ${count} entries, ${Math.round((performance.now() - began) / 1000)} s`),
    );
    process.stderr.write('\n');
  }
  const { seconds, megabytes } = await verify();
  console.log(`verified in ${seconds.toFixed(1)} s, at most ${Math.round(megabytes)} MB`);
} finally {
  await server.stop();
  if (values.folder === undefined) rmSync(folder, { recursive: true });
}
