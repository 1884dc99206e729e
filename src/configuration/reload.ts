/** Puts changed config in force: built, judged and its adapters opened first, then recorded, then swapped whole; or not at all. */
import type { Logger } from 'pino';
import type { AgreementIndex } from '../agreements/agreement-index.js';
import type { Adapters } from '../exchange/adapters.js';
import type { InForce } from '../exchange/in-force.js';
import { type Ledger, LedgerError, positionText } from '../ledger/ledger.js';
import type { Contents } from '../registry/files.js';
import type { Loaded } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import { type ChangedBy, type ConfigAction, configAction, configDraft, way } from './config-entry.js';
import { type Consequence, consequencesOf, summaryOf } from './consequence.js';
import { type HeldBack, heldBackBy } from './held-back.js';
import type { KeptConfigs } from './kept-configs.js';
import type { RecordedChange, RecordedChanges } from './recorded-changes.js';
import { adapterFails, atFault, brokenContracts, notRecorded, type Refused, refusalsOf } from './refusal.js';
import {
  type Failure,
  type NotDone,
  notDone,
  type Planned,
  type ReloadOutcome,
  type Reloads,
  reloadOutcome,
  type Standing,
} from './reloads.js';
import { recordStart } from './start-entry.js';
import { touchedBy } from './touched.js';

export interface ReloadOptions {
  /** Reads the files anew, by the loader that serves; or what is given in their place. */
  readonly load: (given?: Contents) => Promise<Loaded>;
  /** Where the files are; of a registry that is made of none nothing ever changes. */
  readonly folders: readonly string[];
  /** The files of the config at the start. */
  readonly firstRead: () => Promise<Contents | undefined>;
  readonly kept: KeptConfigs;
  readonly changes: RecordedChanges;
  /** What the files at the start are not in force for. */
  readonly heldBack?: HeldBack | undefined;
  readonly inForce: InForce;
  readonly agreements: AgreementIndex;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly logger: Logger;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
}

export function openReloads(options: ReloadOptions): Reloads {
  const { load, kept, changes, inForce, agreements, ledger, logger, now } = options;
  const counts = { changed: 0, unchanged: 0, failed: 0 };
  let standing: Standing = { registry: inForce.registry().digest, since: timeText(now()) };
  let failure: Failure | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;
  let heldBack = options.heldBack;
  let isDue = heldBack !== undefined;

  function refuse(by: ChangedBy, faults: readonly Refused[]): ReloadOutcome {
    failure = { time: timeText(now()), by, faults };
    for (const { file, line, column, pointer, rule, message, fix } of faults) {
      logger.error({ file, line, column, pointer, rule, fix: fix.en }, `changed config is refused: ${message.en}`);
    }
    return reloadOutcome.failed;
  }

  /**
   * @param judged whether contracts that break somebody are refused: what was in force before may be so again
   * @param instead what is held back once it is in force, by the record of that
   */
  async function take(
    action: ConfigAction,
    by: ChangedBy,
    { registry, faults, files }: Loaded,
    judged: boolean,
    instead?: (record: string) => HeldBack,
  ): Promise<ReloadOutcome> {
    if (registry === undefined) return refuse(by, faults);
    const held = inForce.hold();
    try {
      const touched = await agreements.where(touchedBy(held.registry, registry));
      const broken = brokenContracts(held.registry, registry, touched, now());
      const refused = refusalsOf(held.registry, registry, files, judged ? broken : []);
      if (refused.length > 0) return refuse(by, refused);
      const consequences = consequencesOf(held.registry, registry, touched, broken, now());
      if (held.registry.digest === registry.digest && consequences.length === 0) {
        failure = undefined;
        return reloadOutcome.unchanged;
      }
      const found = await putInForce(action, by, registry, consequences, held.adapters, instead);
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
      await kept.keep(registry, contents);
    } catch (error) {
      logger.error({ err: error, registry }, 'a config could not be kept: it cannot be gone back to');
    }
  }

  async function readAgain(): Promise<Loaded> {
    isDue = false;
    const loaded = await load();
    if (heldBack?.files !== loaded.files.digest) heldBack = undefined;
    return loaded;
  }

  async function reloaded(by: ChangedBy): Promise<ReloadOutcome> {
    const loaded = await readAgain();
    const { digest } = loaded.files;
    if (by.way === way.files && loaded.registry !== undefined && digest !== inForce.registry().digest) {
      const told = await ask(by, () => heldBackBy(digest, changes));
      if (told === undefined) return reloadOutcome.failed;
      heldBack = told.found;
      if (heldBack !== undefined) return hold(heldBack);
    }
    return take(configAction.reloaded, by, loaded, true);
  }

  /** What the store has to tell; undefined, and the change refused, where it does not answer. */
  async function ask<T>(by: ChangedBy, run: () => Promise<T>): Promise<{ readonly found: T } | undefined> {
    try {
      return { found: await run() };
    } catch (error) {
      logger.error({ err: error }, 'the store cannot be asked about changes of config');
      refuse(by, [notRecorded]);
      return undefined;
    }
  }

  /** What was rolled back from comes back by an operator's word alone. */
  function hold(files: HeldBack): ReloadOutcome {
    isDue = true;
    failure = undefined;
    logger.warn({ ...files, registry: inForce.registry().digest }, heldBackText);
    return reloadOutcome.unchanged;
  }

  async function applied({ running, next }: Planned, by: ChangedBy): Promise<ReloadOutcome | NotDone> {
    if (inForce.registry().digest !== running) return notDone.moved;
    const loaded = await readAgain();
    if (loaded.files.digest !== next) return notDone.moved;
    return take(configAction.applied, by, loaded, true);
  }

  /** Who rolls back again goes further back, and never to what was rolled back from: the files still lead there. */
  async function backFrom(
    running: string,
  ): Promise<{ readonly registry: string; readonly contents: Contents } | undefined> {
    for (const registry of await kept.before(running)) {
      if ((await changes.holding(registry)) !== undefined) continue;
      const contents = await kept.read(registry);
      return contents && { registry, contents };
    }
    return undefined;
  }

  async function rolledBack(running: string, by: ChangedBy): Promise<ReloadOutcome | NotDone> {
    if (inForce.registry().digest !== running) return notDone.moved;
    const told = await ask(by, () => backFrom(running));
    if (told === undefined) return reloadOutcome.failed;
    const { found: before } = told;
    if (before === undefined) return notDone.notKept;
    const loaded = await load(before.contents);
    if (loaded.files.digest !== before.registry) return notDone.notKept;
    const instead = (record: string) => ({ files: running, record, ...(by.staff && { staff: by.staff }) });
    return take(configAction.rolledBack, by, loaded, false, instead);
  }

  /** What an operator got rid of at one replica is not to go on at another. */
  async function followed(
    { registry: before, record, staff }: RecordedChange,
    running: string,
  ): Promise<ReloadOutcome> {
    if (inForce.registry().digest !== running) return reloadOutcome.unchanged;
    const contents = await kept.read(before);
    const loaded = contents && (await load(contents));
    if (loaded?.files.digest !== before) throw new Error(`the config ${before} is not kept as it was`);
    const instead = () => ({ files: running, record, ...(staff && { staff }) });
    return take(configAction.followed, { way: way.replica }, loaded, false, instead);
  }

  async function putInForce(
    action: ConfigAction,
    by: ChangedBy,
    registry: Registry,
    consequences: readonly Consequence[],
    running: Adapters,
    instead: ((record: string) => HeldBack) | undefined,
  ): Promise<ReloadOutcome> {
    const opened = openFor(registry, running);
    if ('rule' in opened) return refuse(by, [opened]);
    const former = inForce.registry().digest;
    try {
      const position = await ledger.append(configDraft(action, by, former, registry.digest, consequences));
      // Nothing is awaited from here to the swap: what is on record is in force.
      inForce.replace(registry, opened);
      // The files are still what nobody wanted.
      heldBack = instead?.(positionText(position));
      isDue ||= heldBack !== undefined;
      counts.changed++;
      standing = {
        registry: registry.digest,
        since: timeText(now()),
        change: { ...by, former, registry: registry.digest, record: positionText(position) },
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
      // What is in force has been counted with the swap.
      if (outcome === reloadOutcome.unchanged) counts.unchanged++;
      else if (outcome === reloadOutcome.failed) counts.failed++;
      return outcome;
    });
    turn = found.catch(() => undefined);
    return found;
  }

  async function begun(): Promise<void> {
    if (closed || standing.change !== undefined) return;
    const change = await recordStart(inForce.registry(), agreements, now(), options);
    standing = { ...standing, change };
  }

  if (heldBack === undefined) turn = keep(standing.registry, options.firstRead());
  else hold(heldBack);
  return {
    begin() {
      if (options.folders.length === 0) return Promise.resolve();
      const entered = turn.then(begun);
      turn = entered.catch(() => undefined);
      return entered;
    },
    reload: by => inTurn(by, () => reloaded(by)),
    apply: (plan, by) => inTurn(by, () => applied(plan, by)),
    rollBack: (running, by) => inTurn(by, () => rolledBack(running, by)),
    async follow() {
      const running = inForce.registry().digest;
      const rollback = options.folders.length === 0 ? undefined : await changes.holding(running);
      if (rollback !== undefined) await inTurn({ way: way.replica }, () => followed(rollback, running));
    },
    notice() {
      isDue = true;
      logger.warn('config has changed, and waits for stile apply or SIGHUP');
    },
    isDue: () => isDue,
    standing: () => standing,
    heldBack: () => heldBack,
    failure: () => failure,
    counts: () => counts,
    async close() {
      closed = true;
      await turn;
    },
  };
}

const heldBackText =
  'these config files were rolled back from: what is in force serves on until they change, or until stile apply or SIGHUP takes them up';

const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString();
