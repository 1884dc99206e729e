/** The lines of an archive's files: an entry as its exact bytes, the side rows of one, a tile. */
import type { TaggedSubject } from './entry.js';
import { type Position, positionText } from './ledger.js';
import { type Hash, hashLength } from './merkle.js';
import { parseTilePath, type Tile, tilePath } from './tile.js';

export interface ArchivedEntry extends Position {
  /** Milliseconds since 1970 in UTC. */
  readonly time: number;
  /** Canonical JSON, byte for byte what the leaf is the hash of. */
  readonly entry: string;
}

export const entryLine = (archived: ArchivedEntry): string =>
  `{"position":"${positionText(archived)}","time":"${new Date(archived.time).toISOString()}","entry":${archived.entry}}\n`;

const entryForm = /^\{"position":"(-1|\d{1,10})\/(\d{1,16})","time":"([^"]{24})","entry":(\{.*\})\}$/s;

/**
 * @param line without its newline
 * @throws {SyntaxError} when it is not written as {@link entryLine} writes it
 */
export function readEntryLine(line: string): ArchivedEntry {
  const [, shard, index, time = '', entry = ''] = entryForm.exec(line) ?? [];
  const archived = { shard: Number(shard), index: Number(index), time: Date.parse(time), entry };
  if (shard === undefined || Number.isNaN(archived.time)) throw new SyntaxError('not the line of an entry');
  return archived;
}

/** What stands beside an entry: the salt of its digests, and whom it is about, if anybody. */
export interface ArchivedSubjects extends Position {
  readonly salt: Buffer;
  /** In the order of tag and role. */
  readonly subjects: readonly TaggedSubject[];
}

export const subjectsLine = (archived: ArchivedSubjects): string =>
  `${JSON.stringify({
    position: positionText(archived),
    salt: archived.salt.toString('hex'),
    subjects: archived.subjects.map(({ tag, role }) => [tag, role]),
  })}\n`;

/** @throws {SyntaxError} when it is not written as {@link subjectsLine} writes it */
export function readSubjectsLine(line: string): ArchivedSubjects {
  const { position, salt, subjects } = JSON.parse(line) as {
    readonly position: string;
    readonly salt: string;
    readonly subjects: readonly [string, TaggedSubject['role']][];
  };
  try {
    const [shard, index] = position.split('/').map(Number);
    const archived = {
      shard: shard ?? Number.NaN,
      index: index ?? Number.NaN,
      salt: Buffer.from(salt, 'hex'),
      subjects: subjects.map(([tag, role]) => ({ tag, role })),
    };
    if (subjectsLine(archived) === `${line}\n`) return archived;
  } catch {
    // Said below: members that are missing or of another type.
  }
  throw new SyntaxError('not the line of side rows');
}

export const tileLine = (tile: Tile, hashes: readonly Hash[]): string =>
  `{"tile":"${tilePath(tile)}","hashes":"${hashes.join('')}"}\n`;

const tileForm = /^\{"tile":"([^"]+)","hashes":"((?:[0-9a-f]{64})+)"\}$/;

/** @throws {SyntaxError} when it is not written as {@link tileLine} writes it */
export function readTileLine(line: string): { readonly tile: Tile; readonly hashes: readonly Hash[] } {
  const [, path = '', text = ''] = tileForm.exec(line) ?? [];
  const tile = parseTilePath(path);
  const hashes = Array.from({ length: text.length / (2 * hashLength) }, (_, at) =>
    text.slice(at * 2 * hashLength, (at + 1) * 2 * hashLength),
  );
  if (tile === null || hashes.length !== tile.width) throw new SyntaxError('not the line of a tile');
  return { tile, hashes };
}
