/** The plain model that a history is held against: what callers know, and what a store may then hold. */
import type { Draft, Position } from '../../src/ledger/ledger.js';
import { positionText } from '../../src/ledger/ledger.js';
import { naiveRoot } from './naive-tree.js';

/** A shard's head as somebody saw it. */
export interface Seen {
  readonly shard: number;
  readonly size: number;
  readonly root: string;
}

export interface Row {
  readonly shard: number;
  readonly index: number;
  readonly id: string;
  readonly kind: string;
  readonly entry: Buffer;
}

export interface Model {
  readonly drafts: ReadonlyMap<string, Draft>;
  tried(draft: Draft): void;
  /** @param isAlive whether its caller was there to release what it stands for */
  acknowledged(draft: Draft, position: Position, isAlive: boolean): void;
  /** Told that the agreements had moved, so that it is not stored. */
  moved(draft: Draft): void;
  /** A change was acknowledged as this version, and the shards had these sizes after that. */
  changed(version: number, sizes: readonly Seen[]): void;
  saw(heads: readonly Seen[]): void;
  /** Ids of all entries acknowledged so far. */
  ids(): readonly string[];
  released(): number;
  /** What is wrong with what the store holds in the end. */
  violations(rows: readonly Row[], heads: readonly Seen[]): readonly string[];
}

export function openModel(): Model {
  const drafts = new Map<string, Draft>();
  const positions = new Map<string, string>();
  const released = new Set<string>();
  const gone = new Set<string>();
  const changes: { readonly version: number; readonly sizes: ReadonlyMap<number, number> }[] = [];
  const seen: Seen[] = [];
  const wrong: string[] = [];

  function* check(rows: readonly Row[], heads: readonly Seen[]): Generator<string> {
    yield* wrong;
    const byPosition = new Map(rows.map(row => [positionText(row), row]));
    const times = new Map<string, number>();
    for (const row of rows) times.set(`${row.kind} ${row.id}`, (times.get(`${row.kind} ${row.id}`) ?? 0) + 1);
    for (const [name, count] of times) if (count > 1) yield `${name} is stored ${count} times`;
    for (const [id, position] of positions) {
      if (byPosition.get(position)?.id !== id) yield `${id} was acknowledged at ${position} and is not there`;
    }
    for (const id of released) if (!positions.has(id)) yield `${id} was released and never acknowledged`;
    for (const row of rows) {
      if (gone.has(row.id)) yield `${row.id} was refused as moved, and is stored`;
      const decided = drafts.get(row.id)?.agreements;
      for (const { version, sizes } of changes) {
        if (decided !== undefined && decided < version && row.index >= (sizes.get(row.shard) ?? 0))
          yield `${row.id} was decided under ${decided} and stored after ${version} was acknowledged`;
      }
    }
    for (const head of [...seen, ...heads]) {
      const prefix = rows.filter(({ shard, index }) => shard === head.shard && index < head.size);
      if (prefix.some((row, at) => row.index !== at)) yield `shard ${head.shard} has a gap before ${head.size}`;
      if (naiveRoot(prefix.map(({ entry }) => entry)).toString('hex') !== head.root)
        yield `shard ${head.shard} was another tree at size ${head.size}`;
    }
    for (const head of heads) {
      const beyond = rows.filter(({ shard, index }) => shard === head.shard && index >= head.size);
      if (beyond.length > 0) yield `shard ${head.shard} has ${beyond.length} entries beyond its head`;
    }
  }

  return {
    drafts,
    tried: draft => drafts.set(draft.entry.id, draft),
    acknowledged(draft, position, isAlive) {
      const { id } = draft.entry;
      if (positions.has(id)) wrong.push(`${id} was acknowledged twice`);
      positions.set(id, positionText(position));
      if (isAlive) released.add(id);
    },
    moved: draft => gone.add(draft.entry.id),
    changed: (version, sizes) =>
      changes.push({ version, sizes: new Map(sizes.map(({ shard, size }) => [shard, size])) }),
    saw: heads => seen.push(...heads),
    ids: () => [...positions.keys()],
    released: () => released.size,
    violations: (rows, heads) => [...check(rows, heads)],
  };
}
