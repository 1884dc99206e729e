/** The store as its owner's commands need it: config, keys, a snapshot to read from, and a ledger to write into. */
import pg from 'pg';
import { pino } from 'pino';
import { type Environment, readEnvironment } from '../environment.js';
import { originOf } from '../ledger/checkpoint-signer.js';
import { type Query, rollShard } from '../ledger/ledger.js';
import { logKeyFolder, logKeysOf } from '../ledger/log-key.js';
import { type OpenLedger, openLedger } from '../ledger/open.js';
import { openPeriodKeys, periodKeyFolder } from '../ledger/period-keys.js';
import { verifierKeysOf } from '../ledger/roll-keys.js';
import { OperatorError } from '../operator-error.js';
import { fileKind } from '../registry/files.js';
import { loadRegistry } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import { gatewayUrl } from './answer.js';
import type { Io } from './io.js';
import { openStoreAddress, quietLevel } from './store-address.js';

export interface LedgerStore {
  readonly registry: Registry;
  /** Sign the roll; the newest last. */
  readonly keys: ReturnType<typeof logKeysOf>;
  /** Verifier keys of the roll. */
  readonly rollKeys: readonly string[];
  /** Each statement by itself. */
  readonly query: Query;
  /** Runs in one snapshot, which sees nothing that is written meanwhile. */
  snapshot<T>(read: (query: Query) => Promise<T>): Promise<T>;
  /** On a shard that no gateway holds. */
  ledger(): Promise<OpenLedger>;
  close(): Promise<void>;
}

/** @throws {OperatorError} when config has faults or the store cannot be reached */
export async function openLedgerStore({ environment: variables }: Pick<Io, 'environment'>): Promise<LedgerStore> {
  const environment = readEnvironment(variables, false);
  const registry = await readRegistry(environment, variables);
  const logger = pino({ level: quietLevel(environment) }, pino.destination(2));
  const { dataFolder } = environment;
  const { database, close: leave } = await openStoreAddress({ environment: variables }, true);
  const held: (() => Promise<unknown>)[] = [leave];
  const close = async () => {
    for (const letGo of held.splice(0).reverse()) await letGo();
  };
  try {
    const client = new pg.Client({ connectionString: database, application_name: 'stile ledger' });
    client.on('error', () => undefined);
    await client.connect();
    held.push(() => client.end());
    const keys = logKeysOf(registry.settings.ledger, logKeyFolder(dataFolder));
    const query: Query = (text, values) =>
      client.query(text, [...values]).catch(error => {
        throw error instanceof pg.DatabaseError && error.code === insufficientPrivilege ? notOwner(error) : error;
      });
    return {
      registry,
      keys,
      rollKeys: verifierKeysOf(originOf(registry.deployment, rollShard), keys),
      query,
      async snapshot(read) {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        return read(query).finally(() => client.query('COMMIT'));
      },
      async ledger() {
        const ledger = await openLedger({
          database,
          keys: openPeriodKeys(periodKeyFolder(dataFolder)),
          settings: registry.settings.ledger,
          logger,
        });
        held.push(() => ledger.close());
        if (ledger.fault() === null) return ledger;
        throw noShard();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readRegistry(
  { configFolder, schemasFolder }: Environment,
  variables: Io['environment'],
): Promise<Registry> {
  // Its issuer is the gateway's address, which is known where it is the usual one.
  const environment = { ...variables, STILE_URL: gatewayUrl(variables) };
  const { registry } = await loadRegistry({ configFolder, schemasFolder, environment, resolved: fileKind.settings });
  if (registry !== undefined) return registry;
  throw new OperatorError({
    zh: `${configFolder} 或 ${schemasFolder} 有错误：请运行 stile check --resolve。`,
    en: `${configFolder} or ${schemasFolder} has faults: run stile check --resolve.`,
  });
}

/** SQLSTATE (PostgreSQL, appendix A). */
const insufficientPrivilege = '42501';

const notOwner = (cause: Error) =>
  new OperatorError(
    {
      zh: `登录存储库的角色无权这样做（${cause.message}）。请将 STILE_OWNER_URL 设为以台账各表所有者身份登录的地址。`,
      en: `The store's login may not do this (${cause.message}). Set STILE_OWNER_URL to log in as the owner of the ledger's tables.`,
    },
    { cause },
  );

const noShard = () =>
  new OperatorError({
    zh: '没有空闲的分片可写入台账，未作任何更改。请停止一个网关副本后重试。',
    en: 'No shard of the ledger is free to enter this into, and nothing was done. Stop one replica, and try again.',
  });
