/** Reads a ledger from a server of its tiles (c2sp.org/tlog-tiles), whose word for nothing is taken. */
import { OperatorError } from '../../operator-error.js';
import { decodeBundle } from '../entry-bundle.js';
import { rollShard } from '../ledger.js';
import type { Hash } from '../merkle.js';
import { decodeTile, type Tile, tilePath } from '../tile.js';
import { logName } from './finding.js';

/** An answer: its status, and its bytes where that is 200. */
export interface Fetched {
  readonly status: number;
  readonly bytes: Buffer;
}

export interface TileServer {
  /** The signed note, as it is served; null when the server has no such log. */
  checkpoint(shard: number): Promise<string | null>;
  /** Null when the server has it not, or something else in its place. */
  tile(shard: number, tile: Tile): Promise<readonly Hash[] | null>;
  /** The entries below a tile of level 0; `archived` when their month was dropped. */
  bundle(shard: number, tile: Tile): Promise<readonly Buffer[] | typeof archived | null>;
}

export const archived = 'archived';

export interface TileServerOptions {
  /** Of anything that is public. @param path `/ledger/…` */
  readonly get: (path: string) => Promise<Fetched>;
  /** As an auditor. */
  readonly getAsAuditor: (path: string) => Promise<Fetched>;
}

/** As the gateway answers for entries of a month that was dropped, `STILE_RECEIPT_ARCHIVED`. */
const gone = 410;

export function openTileServer({ get, getAsAuditor }: TileServerOptions): TileServer {
  async function read<T>(
    fetched: Promise<Fetched>,
    path: string,
    parse: (bytes: Buffer) => T,
  ): Promise<T | null | typeof archived> {
    const { status, bytes } = await fetched;
    if (status === gone) return archived;
    if (status === 404) return null;
    if (status !== 200) throw refused(path, status);
    try {
      return parse(bytes);
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }

  return {
    async checkpoint(shard) {
      const path = `${pathOf(shard)}/checkpoint`;
      const note = await read(get(path), path, bytes => bytes.toString());
      return note === archived ? null : note;
    },
    async tile(shard, tile) {
      const path = `${pathOf(shard)}/${tilePath(tile)}`;
      const hashes = await read(get(path), path, bytes => decodeTile(bytes, tile.width));
      return hashes === archived ? null : hashes;
    },
    bundle(shard, tile) {
      const path = `${pathOf(shard)}/${tilePath({ ...tile, level: 'entries' })}`;
      return read(getAsAuditor(path), path, bytes => decodeBundle(bytes, tile.width));
    },
  };
}

const pathOf = (shard: number): string => (shard === rollShard ? '/ledger' : `/ledger/${logName(shard)}`);

const refused = (path: string, status: number) =>
  new OperatorError({
    zh: `${path} 答复 HTTP ${status}。`,
    en: `${path} answers HTTP ${status}.`,
  });
