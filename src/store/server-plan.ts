/** What the embedded server will be: its binaries, place, cluster and settings, known before it runs. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Binaries, findBinaries, runnableBinaries } from './binaries.js';
import { type Cluster, openCluster, superuser } from './cluster.js';
import { type Placement, place } from './placement.js';

export interface ServerPlan {
  readonly binaries: Binaries;
  readonly placement: Placement;
  readonly cluster: Cluster;
  /** PostgreSQL settings, but for the port. */
  readonly settings: readonly string[];
  /** Stands for binaries and settings together; a running server of another name is not taken over as it is. */
  readonly name: string;
  readonly logger: Logger;
}

/** Of the embedded server, the gateway's own. */
export const database = 'stile';

/** Prepares everything that a start needs; makes the cluster on the first. */
export async function planServer(dataFolder: string, sockets: boolean, logger: Logger): Promise<ServerPlan> {
  const placement = await place(dataFolder, sockets);
  const binaries = await runnableBinaries(await findBinaries(), placement);
  const cluster = await openCluster(binaries, placement);
  const settings = [
    'fsync=on',
    'full_page_writes=on',
    'synchronous_commit=on',
    'max_connections=200',
    ...addressOf(placement),
    // What a statement was about stays out of the log.
    'log_error_verbosity=terse',
    'log_min_error_statement=panic',
  ];
  const { ino, mtimeMs } = await stat(join(binaries.folder, 'bin'));
  const parts = [binaries.folder, binaries.version, ino, mtimeMs, ...settings];
  const name = `stile-${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)}`;
  return { binaries, placement, cluster, settings: [...settings, `cluster_name=${name}`], name, logger };
}

/**
 * Address of one of the server's databases, for `pg`; with the password.
 *
 * @param host folder of the socket or loopback address, where it is not the planned one
 */
export function addressIn(plan: ServerPlan, port: number, database: string, host = hostOf(plan)): string {
  return `postgresql://${superuser}:${plan.cluster.password}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

const hostOf = ({ placement }: ServerPlan): string => placement.socketFolder ?? '127.0.0.1';

function addressOf({ socketFolder }: Placement): string[] {
  if (socketFolder === undefined) return ['listen_addresses=127.0.0.1', 'unix_socket_directories='];
  // A list of quoted names, so that commas and spaces in the path mean nothing.
  const quoted = `"${socketFolder.replaceAll('"', '""')}"`;
  return ['listen_addresses=', `unix_socket_directories=${quoted}`, 'unix_socket_permissions=0700'];
}
