/** Puts changed config in force: built, judged and its adapters opened first, then recorded, then swapped whole; or not at all. */
import type { Logger } from 'pino';
import type { AgreementIndex } from '../agreements/agreement-index.js';
import type { Adapters } from '../exchange/adapters.js';
import type { InForce } from '../exchange/in-force.js';
import { type Ledger, LedgerError, positionText } from '../ledger/ledger.js';
import type { Loaded } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import { type ChangedBy, type ConfigAction, configAction, configDraft } from './config-entry.js';
import { type Consequence, consequencesOf, summaryOf } from './consequence.js';
import {
  adapterFails,
  atFault,
  brokenContracts,
  notRecorded,
  type Refused,
  refusalRule,
  refusalsOf,
} from './refusal.js';

export interface ReloadOptions {
  /** Reads the files anew, by the loader that serves. */
  readonly load: () => Promise<Loaded>;
  readonly inForce: InForce;
  readonly agreements: AgreementIndex;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly logger: Logger;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
}

/** How the config in force came to be. */
export interface Standing {
  /** Digest of the registry. */
  readonly registry: string;
  /** RFC 3339: since when. */
  readonly since: string;
  /** Of a change: whose doing it was, from which registry, and the position of its entry. */
  readonly change?: ChangedBy & { readonly former: string; readonly record: string };
}

/** A change that was refused, and why. */
export interface Failure {
  /** RFC 3339. */
  readonly time: string;
  readonly by: ChangedBy;
  readonly faults: readonly Refused[];
}

export const reloadOutcome = { changed: 'changed', unchanged: 'unchanged', failed: 'failed' } as const;
export type ReloadOutcome = (typeof reloadOutcome)[keyof typeof reloadOutcome];

export interface Reloads {
  /** Reads the files and puts them in force, if they can be. One after another; it never rejects for what is in the files. */
  reload(by: ChangedBy): Promise<ReloadOutcome>;
  standing(): Standing;
  /** The last change, if it was refused; undefined once the files are in force. */
  failure(): Failure | undefined;
  /** How often each has come out since the start. */
  counts(): Readonly<Record<ReloadOutcome, number>>;
  /** Waits for what is under way, and then takes nothing more. */
  close(): Promise<void>;
}

export function openReloads(options: ReloadOptions): Reloads {
  const { load, inForce, agreements, ledger, logger, now } = options;
  const counts = { changed: 0, unchanged: 0, failed: 0 };
  let standing: Standing = { registry: inForce.registry().digest, since: timeText(now()) };
  let failure: Failure | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;

  function refuse(by: ChangedBy, faults: readonly Refused[]): ReloadOutcome {
    failure = { time: timeText(now()), by, faults };
    for (const { file, line, column, pointer, rule, message, fix } of faults) {
      logger.error({ file, line, column, pointer, rule, fix: fix.en }, `changed config is refused: ${message.en}`);
    }
    return reloadOutcome.failed;
  }

  async function once(by: ChangedBy): Promise<ReloadOutcome> {
    const { registry, faults, files } = await load();
    if (registry === undefined) return refuse(by, faults);
    const held = inForce.hold();
    try {
      const broken = brokenContracts(held.registry, registry, agreements.agreements(), now());
      const refused = refusalsOf(held.registry, registry, files, broken);
      if (refused.length > 0) return refuse(by, refused);
      const consequences = consequencesOf(held.registry, registry, agreements.agreements(), broken, now());
      if (held.registry.digest === registry.digest && consequences.length === 0) {
        failure = undefined;
        return reloadOutcome.unchanged;
      }
      return await putInForce(configAction.reloaded, by, registry, consequences, held.adapters);
    } finally {
      held.letGo();
    }
  }

  async function putInForce(
    action: ConfigAction,
    by: ChangedBy,
    registry: Registry,
    consequences: readonly Consequence[],
    running: Adapters,
  ): Promise<ReloadOutcome> {
    const opened = openFor(registry, running);
    if ('rule' in opened) return refuse(by, [opened]);
    const former = inForce.registry().digest;
    try {
      const position = await ledger.append(configDraft(action, by, former, registry.digest, consequences));
      // Nothing is awaited from here to the swap: what is on record is in force.
      inForce.replace(registry, opened);
      standing = {
        registry: registry.digest,
        since: timeText(now()),
        change: { ...by, former, record: positionText(position) },
      };
    } catch (error) {
      agreements.forget(registry);
      await opened.close().catch((fault: unknown) => logger.error({ err: fault }, 'an adapter did not close'));
      if (!(error instanceof LedgerError)) throw error;
      logger.error({ err: error }, 'a change of config could not be recorded');
      return refuse(by, [notRecorded]);
    }
    failure = undefined;
    const { record } = standing.change ?? {};
    logger.info({ by, former, registry: registry.digest, record, changes: summaryOf(consequences) }, 'config changed');
    return reloadOutcome.changed;
  }

  function openFor(registry: Registry, running: Adapters): Adapters | Refused {
    try {
      const opened = running.openNext(registry);
      agreements.compile(registry);
      return opened;
    } catch (error) {
      logger.error({ err: error }, 'an adapter of the changed config could not be opened');
      return adapterFails(error instanceof Error ? error.message : '');
    }
  }

  async function counted(by: ChangedBy): Promise<ReloadOutcome> {
    if (closed) return reloadOutcome.unchanged;
    const found = await once(by).catch((error: unknown) => {
      logger.error({ err: error }, 'config could not be read again: this is a bug');
      return refuse(by, [atFault]);
    });
    counts[found]++;
    return found;
  }

  return {
    reload(by) {
      const found = turn.then(() => counted(by));
      turn = found.catch(() => undefined);
      return found;
    },
    standing: () => standing,
    failure: () => failure,
    counts: () => counts,
    async close() {
      closed = true;
      await turn;
    },
  };
}

/** Whether a refusal may pass by itself, so that the same files are worth another try. */
export const mayPass = (failure: Failure | undefined): boolean =>
  failure?.faults.some(({ rule }) => rule === refusalRule.notRecorded) ?? false;

const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString();
