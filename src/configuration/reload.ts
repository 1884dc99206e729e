/** Puts changed config in force: built, judged and its adapters opened first, then recorded, then swapped whole; or not at all. */
import type { Logger } from 'pino';
import type { AgreementIndex } from '../agreements/agreement-index.js';
import type { Adapters } from '../exchange/adapters.js';
import type { InForce } from '../exchange/in-force.js';
import { type Ledger, LedgerError, positionText } from '../ledger/ledger.js';
import type { Contents } from '../registry/files.js';
import type { Loaded } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import { type ChangedBy, type ConfigAction, configAction, configDraft } from './config-entry.js';
import { type Consequence, consequencesOf, summaryOf } from './consequence.js';
import type { KeptConfigs } from './kept-configs.js';
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
  /** Reads the files anew, by the loader that serves; or what is given in their place. */
  readonly load: (given?: Contents) => Promise<Loaded>;
  /** The files of the config at the start. */
  readonly firstRead: () => Promise<Contents | undefined>;
  readonly kept: KeptConfigs;
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

/** A change that was planned: from which config to which, by the registries' digests. */
export interface Planned {
  readonly running: string;
  readonly next: string;
}

/** Why something planned was not done: what it was planned on is no more, or the config is not kept. */
export const notDone = { moved: 'moved', notKept: 'not-kept' } as const;
export type NotDone = (typeof notDone)[keyof typeof notDone];

/** Changes go one after another, and none rejects for what is in the files. */
export interface Reloads {
  /** Reads the files and puts them in force, if they can be. */
  reload(by: ChangedBy): Promise<ReloadOutcome>;
  /** The same, if they and what is in force are those of the plan. */
  apply(plan: Planned, by: ChangedBy): Promise<ReloadOutcome | NotDone>;
  /**
   * Puts the config in force again that was so before. The files stay as they are, and are taken up once they change.
   *
   * @param running digest of the registry that is to go
   */
  rollBack(running: string, by: ChangedBy): Promise<ReloadOutcome | NotDone>;
  /** The files have changed, and wait for an operator. */
  notice(): void;
  /** Whether the files have changed since they were last read. */
  isDue(): boolean;
  standing(): Standing;
  /** The last change, if it was refused; undefined once the files are in force. */
  failure(): Failure | undefined;
  /** How often each has come out since the start. */
  counts(): Readonly<Record<ReloadOutcome, number>>;
  /** Waits for what is under way, and then takes nothing more. */
  close(): Promise<void>;
}

export function openReloads(options: ReloadOptions): Reloads {
  const { load, kept, inForce, agreements, ledger, logger, now } = options;
  const counts = { changed: 0, unchanged: 0, failed: 0 };
  let standing: Standing = { registry: inForce.registry().digest, since: timeText(now()) };
  let failure: Failure | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;
  let isDue = false;

  function refuse(by: ChangedBy, faults: readonly Refused[]): ReloadOutcome {
    failure = { time: timeText(now()), by, faults };
    for (const { file, line, column, pointer, rule, message, fix } of faults) {
      logger.error({ file, line, column, pointer, rule, fix: fix.en }, `changed config is refused: ${message.en}`);
    }
    return reloadOutcome.failed;
  }

  /** @param judged whether contracts that break somebody are refused: what was in force before may be so again */
  async function take(
    action: ConfigAction,
    by: ChangedBy,
    { registry, faults, files }: Loaded,
    judged: boolean,
  ): Promise<ReloadOutcome> {
    if (registry === undefined) return refuse(by, faults);
    const held = inForce.hold();
    try {
      const broken = brokenContracts(held.registry, registry, agreements.agreements(), now());
      const refused = refusalsOf(held.registry, registry, files, judged ? broken : []);
      if (refused.length > 0) return refuse(by, refused);
      const consequences = consequencesOf(held.registry, registry, agreements.agreements(), broken, now());
      if (held.registry.digest === registry.digest && consequences.length === 0) {
        failure = undefined;
        return reloadOutcome.unchanged;
      }
      const found = await putInForce(action, by, registry, consequences, held.adapters);
      if (found === reloadOutcome.changed) await keep(registry.digest, files.contents());
      return found;
    } finally {
      held.letGo();
    }
  }

  /** What cannot be kept is in force all the same; only nobody can go back to it. */
  async function keep(registry: string, read: Promise<Contents | undefined>): Promise<void> {
    try {
      const contents = await read;
      if (contents?.size === 0) return;
      if (contents === undefined) throw new Error('its files have changed already');
      await kept.keep(registry, contents, now());
    } catch (error) {
      logger.error({ err: error, registry }, 'a config could not be kept: it cannot be gone back to');
    }
  }

  async function readAgain(): Promise<Loaded> {
    isDue = false;
    return load();
  }

  async function applied({ running, next }: Planned, by: ChangedBy): Promise<ReloadOutcome | NotDone> {
    if (inForce.registry().digest !== running) return notDone.moved;
    const loaded = await readAgain();
    if (loaded.files.digest !== next) return notDone.moved;
    return take(configAction.applied, by, loaded, true);
  }

  async function rolledBack(running: string, by: ChangedBy): Promise<ReloadOutcome | NotDone> {
    if (inForce.registry().digest !== running) return notDone.moved;
    const before = await kept.before(running);
    const contents = before === undefined ? undefined : await kept.read(before);
    if (contents === undefined) return notDone.notKept;
    const loaded = await load(contents);
    if (loaded.files.digest !== before) return notDone.notKept;
    const outcome = await take(configAction.rolledBack, by, loaded, false);
    // The files are still what nobody wanted.
    isDue ||= outcome === reloadOutcome.changed;
    return outcome;
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

  /** One after another. */
  function inTurn<T extends ReloadOutcome | NotDone>(by: ChangedBy, run: () => Promise<T>): Promise<T | ReloadOutcome> {
    const found = turn.then(async () => {
      if (closed) return reloadOutcome.unchanged;
      const outcome = await run().catch((error: unknown) => {
        logger.error({ err: error }, 'config could not be read again: this is a bug');
        return refuse(by, [atFault]);
      });
      if (outcome in counts) counts[outcome as ReloadOutcome]++;
      return outcome;
    });
    turn = found.catch(() => undefined);
    return found;
  }

  turn = keep(standing.registry, options.firstRead());
  return {
    reload: by => inTurn(by, async () => take(configAction.reloaded, by, await readAgain(), true)),
    apply: (plan, by) => inTurn(by, () => applied(plan, by)),
    rollBack: (running, by) => inTurn(by, () => rolledBack(running, by)),
    notice() {
      isDue = true;
      logger.warn('config has changed, and waits for stile apply or SIGHUP');
    },
    isDue: () => isDue,
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
