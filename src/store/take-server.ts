/** Gets a gateway its embedded server: starts one, or takes over one that runs without a gateway. Never a second one. */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Claim, claimOutcome, claimServer } from './claim.js';
import { findHolder, type Holder, type Launched, launch, shutDown } from './postmaster.js';
import { addressIn, type ServerPlan } from './server-plan.js';
import { StoreError } from './store-error.js';

export interface TakenServer {
  readonly claim: Claim;
  /** TCP port, or the number in the socket's name. */
  readonly port: number;
}

/** Milliseconds between looks at a server that is not ready yet. */
const pause = 20;
/** Milliseconds for which the claim of a gateway that was just killed may linger. */
const claimPatience = 1500;
/** Milliseconds for which a server may say nothing at all. */
const silencePatience = 30_000;
/** Milliseconds in which the processes of a killed server must be gone. */
const remainsPatience = 10_000;
/** Milliseconds between lines about a long recovery. */
const noticePause = 5000;

/**
 * @param wanted the port to listen on; absent: a free one
 * @throws StoreError when it cannot be had, in words that say why
 */
export async function takeServer(plan: ServerPlan, wanted?: number): Promise<TakenServer> {
  const { binaries, placement, cluster } = plan;
  const begun = Date.now();
  let launched: Launched | undefined;
  let port = wanted ?? (await freePort(plan));
  let heard = begun;
  let noticed = begun;
  let takenSince: number | undefined;
  for (;;) {
    const holder = await findHolder(cluster.folder, placement.socketFolder);
    const ended = launched?.ended();
    if (!holder && (!launched || ended !== undefined)) {
      if (ended !== undefined) {
        if (!mayPass(ended) || Date.now() - begun > remainsPatience) throw failedStart(plan, ended);
        await sleep(10 * pause);
        if (wanted === undefined) port = await freePort(plan);
      }
      launched = await launch(binaries, placement, cluster.folder, [...plan.settings, `port=${port}`]);
      heard = Date.now();
    }
    const result = await claimServer(addressIn(plan, holder?.port ?? port, 'postgres', holder?.host));
    if (result.outcome === claimOutcome.held) {
      if (result.claim.name === plan.name) return { claim: result.claim, port: holder?.port ?? port };
      plan.logger.info('stopping an embedded PostgreSQL that was started with other binaries or settings');
      await shutDown(binaries, placement, cluster.folder);
      launched = undefined;
      continue;
    }
    if (result.outcome === claimOutcome.stranger) throw wrongPassword(plan);
    takenSince = result.outcome === claimOutcome.taken ? (takenSince ?? Date.now()) : undefined;
    if (takenSince !== undefined && Date.now() - takenSince > claimPatience) throw secondGateway(plan, holder);
    if (result.outcome !== claimOutcome.silent) heard = Date.now();
    if (Date.now() - heard > silencePatience) throw silentServer(plan, holder);
    if (Date.now() - noticed > noticePause) {
      noticed = Date.now();
      plan.logger.info('waiting for the embedded PostgreSQL: it recovers from its last stop, or shuts down');
    }
    await sleep(pause);
  }
}

/** Failures that pass by themselves: a killed server's processes that are still ending, another gateway that was faster, a port taken meanwhile. */
const mayPass = (reason: string): boolean => /shared memory|lock file|could not (bind|create any)/.test(reason);

/** Any free port of the loopback interface; the socket's customary number where there is a socket. */
function freePort({ placement }: ServerPlan): Promise<number> {
  if (placement.socketFolder !== undefined) return Promise.resolve(5432);
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const failedStart = ({ placement }: ServerPlan, reason: string): StoreError =>
  new StoreError({
    zh: `网关自带的 PostgreSQL 无法启动：${reason}。日志在 ${placement.home}/log；也可将 DATABASE_URL 设为其他 PostgreSQL。`,
    en: `The gateway's own PostgreSQL does not start: ${reason}. Its log is ${placement.home}/log; or set DATABASE_URL to another PostgreSQL.`,
  });

const secondGateway = ({ placement }: ServerPlan, holder: Holder | undefined): StoreError =>
  new StoreError({
    zh: `另一个网关正在使用该数据目录（${placement.home}，数据库进程 ${holder?.id}）。请先停止它，或将 STILE_DATA 设为其他目录。`,
    en: `Another gateway uses this data folder (${placement.home}, database process ${holder?.id}). Stop it first, or set STILE_DATA to another folder.`,
  });

const silentServer = ({ placement }: ServerPlan, holder: Holder | undefined): StoreError =>
  new StoreError({
    zh: `数据库进程 ${holder?.id} 没有应答。请结束该进程后重新启动；日志在 ${placement.home}/log。`,
    en: `The database server (process ${holder?.id}) does not answer. End that process and start again; its log is ${placement.home}/log.`,
  });

const wrongPassword = ({ placement }: ServerPlan): StoreError =>
  new StoreError({
    zh: `数据库不接受 ${placement.home}/password 中的密码。请从备份恢复该文件。`,
    en: `The database does not accept the password in ${placement.home}/password. Restore that file from a backup.`,
  });
