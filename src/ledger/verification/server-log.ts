/** Goes through one log of a tile server: each entry against its leaf, and each tile against the tree over all leaves. */
import type { Hash } from '../merkle.js';
import { leafHash } from '../merkle.js';
import { fullWidth, type Tile, tilePath, tileWidth } from '../tile.js';
import { type Findings, ledgerWrong, logName, positionName } from './finding.js';
import { emptyTree, type FullTile, growTree } from './growing-tree.js';
import { parseEntry } from './stored-row.js';
import { archived, type TileServer } from './tile-server.js';
import type { Log } from './walk-roll.js';

export interface ServerLog extends Log {
  /** Entries that the server has in archives alone: believed by their leaves. */
  readonly dropped: number;
  /** Holds the tiles at the right edge against the tree, once all of it was gone through. */
  checkEdge(): Promise<void>;
}

export interface ServerLogOptions {
  readonly server: TileServer;
  readonly shard: number;
  /** As its checkpoint tells: up to there the server has tiles. */
  readonly size: number;
  /** Whether to read the entries, which takes an auditor; otherwise their leaves have to do. */
  readonly hasEntries: boolean;
  readonly findings: Findings;
  readonly progress: (count: number) => void;
}

interface Stretch {
  readonly leaves: readonly Hash[] | null;
  readonly entries: readonly Buffer[] | typeof archived | null;
}

/** Tiles that are asked for ahead of the one that is gone through. */
const ahead = 4;

export function openServerLog(options: ServerLogOptions): ServerLog {
  const { server, shard, findings } = options;
  const tree = growTree(emptyTree);
  const stretches = new Map<number, Promise<Stretch>>();
  let size = 0;
  let dropped = 0;
  let isWhole = true;

  async function read(index: number): Promise<Stretch> {
    const tile = { level: 0, index, width: tileWidth(0, index, options.size) };
    const [leaves, entries] = await Promise.all([
      server.tile(shard, tile),
      options.hasEntries ? server.bundle(shard, tile) : null,
    ]);
    if (leaves === null) findings.add(ledgerWrong.tile, logName(shard), { detail: tilePath(tile) });
    if (entries === null && options.hasEntries)
      findings.add(ledgerWrong.missing, positionName(shard, index * fullWidth));
    return { leaves, entries };
  }

  function stretch(index: number): Promise<Stretch> {
    for (let next = index; next < index + ahead && next * fullWidth < options.size; next++) {
      if (stretches.has(next)) continue;
      const reading = read(next);
      // Who asks for it is told; the one before it may fail first.
      reading.catch(() => {});
      stretches.set(next, reading);
    }
    stretches.delete(index - 1);
    return stretches.get(index) ?? read(index);
  }

  async function checkTile(tile: FullTile): Promise<void> {
    if (tile.level === 0) return;
    await hold({ level: tile.level, index: tile.index, width: fullWidth }, tile.hashes);
  }

  async function hold(tile: Tile, made: readonly Hash[]): Promise<void> {
    const hashes = await server.tile(shard, tile);
    if (hashes?.join() !== made.join()) findings.add(ledgerWrong.tile, logName(shard), { detail: tilePath(tile) });
  }

  return {
    get size() {
      return size;
    },
    get isWhole() {
      return isWhole;
    },
    get dropped() {
      return dropped;
    },
    root: () => tree.root(),
    async advance(wanted, _, each) {
      const to = Math.min(wanted, options.size);
      const tiles: FullTile[] = [];
      while (size < to) {
        const index = Math.floor(size / fullWidth);
        const { leaves, entries } = await stretch(index);
        const upTo = Math.min(to, (index + 1) * fullWidth);
        options.progress(upTo - size);
        isWhole &&= leaves !== null;
        for (; size < upTo; size++) {
          const leaf = leaves?.[size % fullWidth];
          if (isWhole && leaf !== undefined) tree.add(leaf, tile => tiles.push(tile));
          if (entries === archived) dropped += 1;
          const bytes = entries === archived ? undefined : entries?.[size % fullWidth];
          if (bytes === undefined) continue;
          if (leafHash(bytes) !== leaf) findings.add(ledgerWrong.entry, positionName(shard, size));
          const entry = parseEntry(bytes.toString());
          each?.(entry, size, Date.parse(String(entry?.time)));
        }
      }
      for (const tile of tiles) await checkTile(tile);
      return size >= wanted;
    },
    async checkEdge() {
      if (!isWhole || size !== options.size) return;
      for (const [level, hashes] of tree.state().levels.entries()) {
        if (level === 0 || hashes.length === 0) continue;
        await hold({ level, index: Math.floor(size / fullWidth ** (level + 1)), width: hashes.length }, hashes);
      }
    },
  };
}
