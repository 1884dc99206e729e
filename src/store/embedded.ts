/** Starts a real PostgreSQL under the data folder, so that a stranger with Node.js alone gets the store that production has. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Claim, makeDatabase } from './claim.js';
import { shutDown } from './postmaster.js';
import { giveGatewayLogin } from './roles.js';
import { addressIn, database, planServer, type ServerPlan } from './server-plan.js';
import { StoreError } from './store-error.js';
import { type TakenServer, takeServer } from './take-server.js';

export interface Embedded {
  /** `postgresql://…` of the database `stile`, as its owner; carries a password. It stays the same when the server has to be started anew. */
  readonly connectionString: string;
  /** The same, as the gateway, which cannot rewrite the ledger; its password is a new one at each start of a gateway. */
  readonly gatewayConnectionString: string;
  /** Shuts the server down (sessions are ended, nothing committed is lost) and resolves when its process is gone. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly dataFolder: string;
  readonly logger: Logger;
  /** Listen on a Unix socket rather than on loopback; by default wherever there are Unix sockets. */
  readonly sockets?: boolean;
}

/** Milliseconds between attempts to bring back a server that died. */
const revivalPause = 1000;

/**
 * Starts the data folder's own PostgreSQL, or takes over one whose gateway died, and resolves once it takes connections.
 * Should it die later, it is started again for as long as the gateway lives.
 *
 * @throws StoreError when it cannot run here, or another gateway uses the data folder
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataFolder, logger, sockets = process.platform !== 'win32' } = options;
  try {
    const plan = await planServer(dataFolder, sockets, logger);
    const taken = await takeServer(plan);
    await makeDatabase(addressIn(plan, taken.port, 'postgres'), database);
    logger.info({ folder: plan.placement.home, version: plan.binaries.version }, 'embedded PostgreSQL is ready');
    const connectionString = addressIn(plan, taken.port, database);
    const gatewayConnectionString = await giveGatewayLogin(connectionString);
    return { connectionString, gatewayConnectionString, stop: keep(plan, taken) };
  } catch (error) {
    throw inPlainWords(error, dataFolder);
  }
}

/** Brings the server back whenever it is lost, until the returned function stops it for good. */
function keep(plan: ServerPlan, { claim: first, port }: TakenServer): () => Promise<void> {
  let claim: Claim | undefined;
  let stopping = false;
  let revival = Promise.resolve();
  const hold = (held: Claim) => {
    claim = held;
    void held.lost.then(() => {
      if (!stopping) revival = revive();
    });
  };
  const revive = async () => {
    claim = undefined;
    plan.logger.error('the embedded PostgreSQL is gone; starting it again');
    while (!claim && !stopping) {
      try {
        hold((await takeServer(plan, port)).claim);
        plan.logger.info('the embedded PostgreSQL is back');
      } catch (error) {
        plan.logger.error(error);
        await sleep(revivalPause);
      }
    }
  };
  hold(first);
  return async () => {
    stopping = true;
    // A server that is being started right now would outlive us.
    await revival;
    if (claim) await shutDown(plan.binaries, plan.placement, plan.cluster.folder);
  };
}

/** Failures of the file system, such as a full disk or a folder that may not be written, are the operator's to mend. */
function inPlainWords(error: unknown, dataFolder: string): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return new StoreError(
    {
      zh: `网关自带的 PostgreSQL 无法使用数据目录 ${dataFolder}：${message}。请检查权限与磁盘空间，或将 STILE_DATA 设为其他目录。`,
      en: `The gateway's own PostgreSQL cannot use the data folder ${dataFolder}: ${message}. Check permissions and free space, or set STILE_DATA to another folder.`,
    },
    { cause: error },
  );
}
