/** Where the store is, for commands that need nothing else of a gateway, whether it runs or not. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Environment, readEnvironment } from '../environment.js';
import { OperatorError } from '../operator-error.js';
import { startEmbedded } from '../store/embedded.js';
import { runningAddress } from '../store/running-server.js';
import type { Io } from './io.js';

export interface StoreAddress {
  /** Connection string. */
  readonly database: string;
  close(): Promise<void>;
}

/**
 * `STILE_OWNER_URL` where the owner is wanted and it is set, `DATABASE_URL`, or the data folder's own server, which is started for as long as it
 * takes where it does not run.
 *
 * @throws {OperatorError} when there is none
 */
export async function openStoreAddress(
  { environment }: Pick<Io, 'environment'>,
  asOwner: boolean,
): Promise<StoreAddress> {
  const read = readEnvironment(environment, false);
  const { ownerUrl, databaseUrl, dataFolder } = read;
  const given = (asOwner ? ownerUrl : undefined) ?? databaseUrl;
  if (given !== undefined) return { database: given, close: async () => {} };
  if (!existsSync(join(dataFolder, 'postgres'))) throw new OperatorError(noStore(dataFolder));
  const logger = pino({ level: quietLevel(read) }, pino.destination(2));
  const running = await runningAddress({ dataFolder, logger });
  if (running !== undefined) return { database: running, close: async () => {} };
  const embedded = await startEmbedded({ dataFolder, logger });
  return { database: embedded.connectionString, close: () => embedded.stop() };
}

/** A command is not told what a gateway's log is told as a rule. */
export const quietLevel = ({ logLevel }: Environment): string => (logLevel === 'info' ? 'warn' : logLevel);

const noStore = (folder: string) => ({
  zh: `${folder} 中没有存储库；请设置 DATABASE_URL 或 STILE_DATA。`,
  en: `There is no store in ${folder}: set DATABASE_URL or STILE_DATA.`,
});
