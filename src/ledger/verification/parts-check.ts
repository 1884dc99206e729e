/**
 * Verifies that composites and their parts name each other. Either may be in any shard, so what an entry names is looked up in the
 * snapshot, so many at a time: whatever the ledger's size, no more is held than that.
 */
import { isDeepStrictEqual } from 'node:util';
import { entryKind, type Query } from '../ledger.js';
import type { DroppedRange } from './dropped-range.js';
import { type Findings, ledgerWrong, positionName } from './finding.js';
import { type Parsed, parseEntry } from './stored-row.js';

export interface PartsCheck {
  /** @param opened index of the intent that the entry closes, in the same shard; undefined where that was dropped, or there is none */
  note(entry: Parsed, index: number, opened: number | undefined): Promise<void>;
  /** Looks up what is noted and was not yet. */
  flush(): Promise<void>;
}

interface Claim {
  /** The entry that names another, and what that must be. */
  readonly index: number;
  readonly entry: Shared;
  readonly named: string;
  readonly isRight: (found: Parsed, isBefore: boolean) => boolean;
}

type Shared = Readonly<Record<(typeof shared)[number], unknown>>;

/** Who asks, and what for, is the composite's and each of its parts'. */
const shared = ['client', 'consumer', 'purpose', 'case', 'operator'] as const;
/** Most claims looked up together. */
const most = 200;

const lookUp = `SELECT shard || '/' || index AS position, entry FROM ledger_entries
  WHERE (shard, index) IN (SELECT * FROM unnest($1::int[], $2::bigint[]))`;

/** @param dropped of all logs: what is named there is in an archive alone */
export function openPartsCheck(
  query: Query,
  shard: number,
  dropped: readonly DroppedRange[],
  findings: Findings,
): PartsCheck {
  let claims: Claim[] = [];

  function claim(index: number, entry: Parsed, named: unknown, isRight: Claim['isRight']): void {
    if (typeof named !== 'string' || positionOf(named) === undefined) wrong(index, undefined);
    else claims.push({ index, entry: sharedOf(entry), named, isRight });
  }

  const wrong = (index: number, named: string | undefined) =>
    findings.add(ledgerWrong.parts, positionName(shard, index), named === undefined ? {} : { detail: named });

  const isDropped = (at: Position) =>
    dropped.some(range => range.shard === at.shard && range.first <= at.index && at.index < range.end);

  async function flush(): Promise<void> {
    const looked = claims;
    claims = [];
    if (looked.length === 0) return;
    const found = await entriesAt(query, new Set(looked.map(({ named }) => named)));
    for (const { index, entry, named, isRight } of looked) {
      const at = positionOf(named);
      if (at === undefined || isDropped(at)) continue;
      const other = found.get(named) ?? null;
      const isBefore = at.shard !== shard || at.index < index;
      const isSame = other !== null && isRight(other, isBefore) && isDeepStrictEqual(sharedOf(other), entry);
      if (!isSame) wrong(index, named);
    }
  }

  return {
    flush,
    async note(entry, index, opened) {
      const { parent, parts, kind } = entry;
      if (parent !== undefined && (kind === entryKind.exchange || kind === entryKind.intent)) {
        claim(index, entry, parent, (found, isBefore) => isBefore && found.kind === entryKind.intent);
      }
      if (parts !== undefined && kind === entryKind.exchange) {
        const own = opened === undefined ? undefined : positionName(shard, opened);
        for (const part of Array.isArray(parts) ? parts : [undefined]) {
          claim(index, entry, part, (found, isBefore) => isBefore && isPartOf(found, own));
        }
      }
      if (claims.length >= most) await flush();
    },
  };
}

const isPartOf = ({ kind, parent }: Parsed, composite: string | undefined): boolean =>
  kind === entryKind.exchange && (composite === undefined ? parent !== undefined : parent === composite);

const sharedOf = (entry: Parsed): Shared =>
  Object.fromEntries(shared.map(name => [name, entry[name]])) as Record<(typeof shared)[number], unknown>;

interface Position {
  readonly shard: number;
  readonly index: number;
}

function positionOf(text: string): Position | undefined {
  const [, shard, index] = /^(\d{1,9})\/(\d{1,15})$/.exec(text) ?? [];
  return shard === undefined || index === undefined ? undefined : { shard: Number(shard), index: Number(index) };
}

async function entriesAt(query: Query, named: ReadonlySet<string>): Promise<ReadonlyMap<string, Parsed | null>> {
  const positions = [...named].flatMap(each => positionOf(each) ?? []);
  const { rows } = await query(lookUp, [positions.map(({ shard }) => shard), positions.map(({ index }) => index)]);
  return new Map(rows.map(({ position, entry }) => [String(position), parseEntry(String(entry))]));
}
