/** Where a data folder's embedded server listens, for programs beside the gateway: an auditor's verification, psql, pg_dump. */
import type { EmbeddedOptions } from './embedded.js';
import { findHolder } from './postmaster.js';
import { addressIn, database, planServer } from './server-plan.js';

/**
 * Address of the database `stile` as its owner, with the password.
 *
 * @returns undefined when the server does not run
 * @throws StoreError when it cannot run here
 */
export async function runningAddress({
  dataFolder,
  logger,
  sockets = process.platform !== 'win32',
}: EmbeddedOptions): Promise<string | undefined> {
  const plan = await planServer(dataFolder, sockets, logger);
  const holder = await findHolder(plan.cluster.folder, plan.placement.socketFolder);
  return holder?.port === undefined ? undefined : addressIn(plan, holder.port, database, holder.host);
}
