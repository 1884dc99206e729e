/** Files that were rolled back from are held back: a restart does not bring them in force again, as long as they are the same. */
import { OperatorError } from '../operator-error.js';
import type { Contents } from '../registry/files.js';
import type { Loaded } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import type { ChangedBy } from './config-entry.js';
import type { KeptConfigs } from './kept-configs.js';
import type { RecordedChanges } from './recorded-changes.js';
import { movedSettings } from './restart-settings.js';

/** Files that are not in force though they are sound. */
export interface HeldBack {
  /** Their digest. */
  readonly files: string;
  /** Position of the rollback's entry, and whose doing it was. */
  readonly record: string;
  readonly staff?: ChangedBy['staff'];
}

export interface StartConfig {
  /** To be in force. */
  readonly registry: Registry;
  /** The files in whose place it is, where it is not made of them. */
  readonly heldBack?: HeldBack;
}

export interface StartConfigOptions {
  readonly changes: RecordedChanges;
  readonly kept: Pick<KeptConfigs, 'read'>;
  readonly load: (given: Contents) => Promise<Loaded>;
}

/** @returns undefined for files that may be taken up by themselves */
export async function heldBackBy(
  files: string,
  changes: Pick<RecordedChanges, 'holding'>,
): Promise<HeldBack | undefined> {
  const found = await changes.holding(files);
  return found && { files, record: found.record, ...(found.staff && { staff: found.staff }) };
}

/**
 * The config that a start puts in force: that of the files, or what was in force last where the files are held back.
 *
 * @param files the registry that is made of them
 * @throws OperatorError when they are held back, and what was in force cannot be again: neither is then right to serve
 */
export async function configAtStart(files: Registry, options: StartConfigOptions): Promise<StartConfig> {
  const heldBack = await heldBackBy(files.digest, options.changes);
  if (heldBack === undefined) return { registry: files };
  const last = await options.changes.last();
  const contents = last && (await options.kept.read(last.registry));
  const registry = contents && (await options.load(contents)).registry;
  const isServable = registry?.digest === last?.registry && registry !== undefined;
  if (!isServable || movedSettings(files, registry).length > 0) throw notServable(heldBack, last?.registry ?? '');
  return { registry, heldBack };
}

const notServable = ({ record }: HeldBack, registry: string): OperatorError =>
  new OperatorError({
    zh: `配置文件已被回退（记录 ${record}），不会自动重新生效；而回退后使用的配置 ${registry.slice(0, 12)}… 已未保存或无法读取。请改正文件：任何改动（哪怕一行注释）都会使其在启动时生效。`,
    en: `The config files were rolled back from (record ${record}) and are not put in force by a start; the config that served since, ${registry.slice(0, 12)}…, is not kept or cannot be read any more. Mend the files: with any change, be it a comment, a start takes them.`,
  });
