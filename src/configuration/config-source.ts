/** Where config comes from, and the watch that puts its changes in force by itself. */
import type { Logger } from 'pino';
import type { Loaded } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import { way } from './config-entry.js';
import { mayPass, type Reloads, reloadOutcome } from './reload.js';
import { type Watch, watchFiles } from './watch-files.js';

export interface ConfigSource {
  readonly folders: readonly string[];
  /** When the registry at the start was read from them, milliseconds since 1970 UTC. */
  readonly readAt: number;
  /** Reads them anew. */
  load(): Promise<Loaded>;
}

/** A source that never changes. */
export const fixedSource = (registry: Registry): ConfigSource => ({
  folders: [],
  readAt: Number.POSITIVE_INFINITY,
  load: async () => ({
    registry,
    faults: [],
    documents: [],
    files: { config: [], schemas: [], digest: registry.digest, faults: [] },
  }),
});

export function watchConfig({ folders, readAt }: ConfigSource, reloads: Reloads, logger: Logger): Watch {
  return watchFiles({
    folders,
    since: readAt,
    async changed() {
      const found = await reloads.reload({ way: way.files });
      return found !== reloadOutcome.failed || !mayPass(reloads.failure());
    },
    failed: error => logger.error({ err: error }, 'it could not be seen whether config has changed'),
  });
}
