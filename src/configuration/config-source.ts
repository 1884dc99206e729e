/** Where config comes from, and the watch that puts its changes in force by itself. */
import type { Logger } from 'pino';
import type { Contents } from '../registry/files.js';
import { type Loaded, type LoadOptions, loadRegistry } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import { way } from './config-entry.js';
import { mayPass, type Reloads, reloadOutcome } from './reloads.js';
import { type Watch, watchFiles } from './watch-files.js';

export interface ConfigSource {
  readonly folders: readonly string[];
  /** When the registry at the start was read from them, milliseconds since 1970 UTC. */
  readonly readAt: number;
  /** The files as they were read first; undefined where they have changed since. */
  firstRead(): Promise<Contents | undefined>;
  /**
   * Reads them anew.
   *
   * @param given to be loaded in their place
   */
  load(given?: Contents): Promise<Loaded>;
}

/** The two folders, their references resolved. */
export function folderSource(
  options: Pick<LoadOptions, 'configFolder' | 'schemasFolder' | 'environment'>,
): ConfigSource {
  let first: Loaded['files']['contents'] | undefined;
  let isRead = false;
  return {
    folders: [options.configFolder, options.schemasFolder],
    readAt: Date.now(),
    async firstRead() {
      const contents = first?.();
      first = undefined;
      return contents;
    },
    async load(given) {
      const loaded = await loadRegistry({ ...options, ...(given && { given }) });
      if (!isRead) first = loaded.files.contents;
      isRead = true;
      return loaded;
    },
  };
}

/** A source that never changes. */
export const fixedSource = (registry: Registry): ConfigSource => ({
  folders: [],
  readAt: Number.POSITIVE_INFINITY,
  firstRead: async () => new Map(),
  load: async () => ({
    registry,
    faults: [],
    files: { config: [], schemas: [], digest: registry.digest, contents: async () => new Map(), faults: [] },
  }),
});

/** @param isAuto whether changes are taken up by themselves now */
export function watchConfig(
  { folders, readAt }: ConfigSource,
  reloads: Reloads,
  isAuto: () => boolean,
  logger: Logger,
): Watch {
  return watchFiles({
    folders,
    since: readAt,
    async changed() {
      if (!isAuto()) {
        reloads.notice();
        return true;
      }
      const found = await reloads.reload({ way: way.files });
      return found !== reloadOutcome.failed || !mayPass(reloads.failure());
    },
    failed: error => logger.error({ err: error }, 'it could not be seen whether config has changed'),
  });
}
