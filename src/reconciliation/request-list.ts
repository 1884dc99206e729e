/**
 * A department's own list of the request ids it served, held so that a million of them fit into some 50 MB: the ids' bytes in
 * one piece, found by a hash table of numbers.
 */
import { randomBytes } from 'node:crypto';

/** Most different ids of a list, and most bytes of them. */
export const mostIds = 1_000_000;
const mostBytes = 64 * 1024 * 1024;

/** What the ledger has for an id of the list. */
export const found = { nothing: 0, outside: 1, inside: 2 } as const;
export type FoundWhere = (typeof found)[keyof typeof found];

export interface RequestList {
  /** How many different ids there are; they go by number from 0, in the order of the list. */
  readonly size: number;
  /**
   * @param id ASCII
   * @param line where in the file it stands
   * @returns false when the list holds no more
   */
  add(id: string, line: number): boolean;
  /** The id's number; -1 when it is not in the list. */
  numberOf(id: string): number;
  idAt(number: number): string;
  /** Where the id stood first. */
  lineAt(number: number): number;
  /** How often it stood in the list. */
  timesAt(number: number): number;
  /** Notes what the ledger has for it; `inside` is never taken back. */
  mark(number: number, where: FoundWhere): void;
  markAt(number: number): FoundWhere;
}

export function openRequestList(): RequestList {
  // Nobody who writes a list can know which ids fall together.
  const seed = randomBytes(4).readUInt32LE();
  let bytes = Buffer.alloc(32 * 1024);
  let room = 1024;
  let ends = new Uint32Array(room + 1);
  let lines = new Uint32Array(room);
  let times = new Uint32Array(room);
  let marks = new Uint8Array(room);
  /** Numbers from 1, by hash; 0 is free. Never more than half full. */
  let table = new Uint32Array(2 * room);
  let size = 0;

  /** The place in the table where an id is, or would be. */
  function placeOf(id: string): number {
    const mask = table.length - 1;
    let place = hashOf(id, seed) & mask;
    for (;;) {
      const held = table[place] ?? 0;
      if (held === 0 || isAt(held - 1, id)) return place;
      place = (place + 1) & mask;
    }
  }

  function isAt(number: number, id: string): boolean {
    const start = ends[number] ?? 0;
    if ((ends[number + 1] ?? 0) - start !== id.length) return false;
    for (let at = 0; at < id.length; at++) if (bytes[start + at] !== id.charCodeAt(at)) return false;
    return true;
  }

  function grow(): void {
    room *= 2;
    ends = grown(ends, new Uint32Array(room + 1));
    lines = grown(lines, new Uint32Array(room));
    times = grown(times, new Uint32Array(room));
    marks = grown(marks, new Uint8Array(room));
    table = new Uint32Array(2 * room);
    for (let number = 0; number < size; number++) table[placeOf(idAt(number))] = number + 1;
  }

  const idAt = (number: number): string => bytes.toString('latin1', ends[number] ?? 0, ends[number + 1] ?? 0);

  return {
    get size() {
      return size;
    },
    add(id, line) {
      let place = placeOf(id);
      const held = table[place] ?? 0;
      if (held > 0) {
        times[held - 1] = (times[held - 1] ?? 0) + 1;
        return true;
      }
      const start = ends[size] ?? 0;
      if (size === mostIds || start + id.length > mostBytes) return false;
      if (size === room) {
        grow();
        place = placeOf(id);
      }
      if (start + id.length > bytes.length) bytes = grown(bytes, Buffer.alloc(bytes.length * 2));
      bytes.write(id, start, 'latin1');
      ends[size + 1] = start + id.length;
      lines[size] = line;
      times[size] = 1;
      size += 1;
      table[place] = size;
      return true;
    },
    numberOf: id => (table[placeOf(id)] ?? 0) - 1,
    idAt,
    lineAt: number => lines[number] ?? 0,
    timesAt: number => times[number] ?? 0,
    mark(number, where) {
      if (where > (marks[number] ?? 0)) marks[number] = where;
    },
    markAt: number => (marks[number] ?? found.nothing) as FoundWhere,
  };
}

function grown<Held extends Uint8Array | Uint32Array>(from: Held, to: Held): Held {
  to.set(from);
  return to;
}

/** FNV-1a from a secret start, with the last mixing of MurmurHash3. */
function hashOf(id: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
