/** `stile store`: where the store is, for psql and pg_dump; the one in the data folder is found only while it runs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { readEnvironment } from '../environment.js';
import { OperatorError } from '../operator-error.js';
import { runningAddress } from '../store/running-server.js';
import { type Io, printLines, processIo } from './io.js';

export const usage = `stile store
Prints the address of the store, its owner's login in it: psql "$(stile store)", pg_dump "$(stile store)".

  STILE_OWNER_URL, DATABASE_URL   printed as they are, the first that is set
  STILE_DATA                      otherwise the data folder whose own PostgreSQL runs (data)`;

/** @returns 0; 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  if (words.length > 0) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const { ownerUrl, databaseUrl, dataFolder } = readEnvironment(io.environment, false);
  const address = ownerUrl ?? databaseUrl ?? (await addressIn(dataFolder));
  if (address === undefined) throw new OperatorError(notRunning(dataFolder));
  printLines(io.stdout, [address]);
  return 0;
}

const addressIn = async (dataFolder: string): Promise<string | undefined> =>
  existsSync(join(dataFolder, 'postgres'))
    ? runningAddress({ dataFolder, logger: pino({ level: 'silent' }) })
    : undefined;

const notRunning = (folder: string) => ({
  zh: `${folder} 中没有正在运行的存储库：请先启动网关，或设置 DATABASE_URL。`,
  en: `No store runs in ${folder}: start the gateway first, or set DATABASE_URL.`,
});
