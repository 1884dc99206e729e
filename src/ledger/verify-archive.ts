/** Verifies an archived month offline: needs the folder and the roll's verifier keys, and believes nothing else. */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArchiveError, archiveFault } from './archive-fault.js';
import { digestFile, linesOf } from './archive-folder.js';
import { readEntryLine, readSubjectsLine, readTileLine } from './archive-line.js';
import { type ArchivedLog, logFiles, type Manifest, manifestName, parseManifest } from './archive-manifest.js';
import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { chainTiles, coveringTiles } from './covering-tiles.js';
import { subjectsDigest } from './entry.js';
import { positionText, rollShard } from './ledger.js';
import { logVerifiers } from './log-verifiers.js';
import { type Hash, leafHash } from './merkle.js';
import { parseNote, SignatureError, verifyNote } from './note.js';
import { periodOf } from './period-keys.js';
import { verifyInclusion } from './proof.js';
import { fullWidth } from './tile.js';
import { parseTlogProof } from './tlog-proof.js';

export interface VerifiedArchive {
  readonly manifest: Manifest;
  /** SHA-256 of the signed manifest, by which the ledger's entries name the archive. */
  readonly digest: Hash;
  /** The roll's checkpoint that pins all of it. */
  readonly roll: Checkpoint;
  readonly entries: number;
  /** Files of side rows that were left out when it was handed on. */
  readonly withheld: readonly string[];
}

/**
 * @param folder of one month
 * @param rollKeys verifier keys of the roll, `<deployment>/ledger+<id>+<key>`
 * @throws {ArchiveError} with the first thing that does not hold
 * @throws {SyntaxError} when a verifier key is none
 */
export async function verifyArchive(folder: string, rollKeys: readonly string[]): Promise<VerifiedArchive> {
  // A key that is none is the caller's fault, and not the archive's.
  logVerifiers(rollKeys, rollShard);
  const text = readText(folder, manifestName);
  const manifest = parsed(manifestName, () => parseManifest(verifiedText(manifestName, text, rollKeys, rollShard)));
  const withheld = await verifyFiles(folder, manifest);
  const roll = verifiedCheckpoint(folder, rollKeys, rollShard);
  if (roll.origin !== manifest.origin) throw new ArchiveError(archiveFault.checkpoint, manifestName);
  let entries = 0;
  for (const log of manifest.logs) {
    const tree = log.shard === rollShard ? roll : verifiedPin(folder, rollKeys, log.shard, roll);
    await verifyLog(folder, manifest.month, log, tree, !withheld.includes(logFiles(log.shard).subjects));
    entries += log.end - log.first;
  }
  return { manifest, digest: hash('sha256', text, 'hex'), roll, entries, withheld };
}

/** @returns the files of side rows that are not there */
async function verifyFiles(folder: string, { files, logs }: Manifest): Promise<readonly string[]> {
  const there = new Set(readdirSync(folder));
  const named = new Set([manifestName, ...files.map(({ name }) => name)]);
  for (const name of there) if (!named.has(name)) throw new ArchiveError(archiveFault.foreign, name);
  const needed = logs.flatMap(({ shard }) => {
    const { pin, ...rest } = logFiles(shard);
    return shard === rollShard ? Object.values(rest) : [...Object.values(rest), pin];
  });
  // The roll's checkpoint pins the shards, whether or not an entry of the roll is of that month.
  for (const name of [...needed, logFiles(rollShard).checkpoint])
    if (!named.has(name)) throw new ArchiveError(archiveFault.manifest, name);
  const sideRows = new Set(logs.map(({ shard }) => logFiles(shard).subjects));
  const withheld: string[] = [];
  for (const file of files) {
    if (!there.has(file.name)) {
      if (!sideRows.has(file.name)) throw new ArchiveError(archiveFault.missing, file.name);
      withheld.push(file.name);
      continue;
    }
    const found = await digestFile(folder, file.name);
    if (found.size < file.size) throw new ArchiveError(archiveFault.cut, file.name);
    if (found.size > file.size) throw new ArchiveError(archiveFault.appended, file.name);
    if (found.digest !== file.digest) throw new ArchiveError(archiveFault.altered, file.name);
  }
  return withheld;
}

function verifiedPin(folder: string, rollKeys: readonly string[], shard: number, roll: Checkpoint): Checkpoint {
  const { checkpoint, pin } = logFiles(shard);
  const tree = verifiedCheckpoint(folder, rollKeys, shard);
  const isPinned = parsed(pin, () => {
    const { entry, proof: text } = JSON.parse(readText(folder, pin)) as {
      readonly entry: string;
      readonly proof: string;
    };
    const held = JSON.parse(entry) as { readonly shard?: unknown; readonly checkpoint?: unknown };
    const { index, proof } = parseTlogProof(text);
    const isHeld = held.shard === shard && held.checkpoint === readText(folder, checkpoint);
    return isHeld && verifyInclusion(proof, index, leafHash(Buffer.from(entry)), roll);
  });
  if (!isPinned) throw new ArchiveError(archiveFault.checkpoint, pin);
  return tree;
}

function verifiedCheckpoint(folder: string, rollKeys: readonly string[], shard: number): Checkpoint {
  const name = logFiles(shard).checkpoint;
  const checkpoint = parsed(name, () => parseCheckpoint(verifiedText(name, readText(folder, name), rollKeys, shard)));
  const isOwn = logVerifiers(rollKeys, shard).some(verifier => verifier.name === checkpoint.origin);
  if (!isOwn) throw new ArchiveError(archiveFault.checkpoint, name);
  return checkpoint;
}

/** Every entry is a leaf of the tree, in its place, and every side row is what its entry says. */
async function verifyLog(
  folder: string,
  month: string,
  { shard, first, end }: ArchivedLog,
  { size, root }: Checkpoint,
  hasSubjects: boolean,
): Promise<void> {
  const files = logFiles(shard);
  if (first >= end || end > size) throw new ArchiveError(archiveFault.checkpoint, files.checkpoint);
  const chain = chainTiles(size);
  const wanted = coveringTiles(first, end, size);
  const tileLines = linesOf(folder, files.tiles);
  const subjectLines = linesOf(folder, files.subjects);

  async function nextTile(): Promise<readonly Hash[] | null> {
    const { value: tile, done } = wanted.next();
    const line = (await tileLines.next()).value;
    if (done && line === undefined) return null;
    const read = parsed(files.tiles, () => readTileLine(line ?? ''));
    const isNext = !done && read.tile.level === tile.level && read.tile.index === tile.index;
    if (!isNext || read.tile.width !== tile.width || !chain.add(tile, read.hashes))
      throw new ArchiveError(archiveFault.tiles, files.tiles);
    at = tile;
    return read.hashes;
  }

  let at = { level: Number.POSITIVE_INFINITY, index: -1 };
  let leaves: readonly Hash[] = [];
  let index = first;
  for await (const line of linesOf(folder, files.entries)) {
    const archived = parsed(files.entries, () => readEntryLine(line));
    const tile = Math.floor(index / fullWidth);
    while (at.level > 0 || at.index < tile) leaves = (await nextTile()) ?? missing();
    const isInPlace = archived.shard === shard && archived.index === index && periodOf(archived.time) === month;
    const members = parsed(files.entries, () => JSON.parse(archived.entry)) as EntryMembers;
    const isLeaf = leaves[index % fullWidth] === leafHash(Buffer.from(archived.entry));
    if (!isInPlace || !isLeaf || index >= end || Date.parse(members.time) !== archived.time)
      throw new ArchiveError(archiveFault.entries, files.entries, positionText({ shard, index }));
    if (hasSubjects) {
      const { value } = await subjectLines.next();
      if (value === undefined || !areSubjects(value, { shard, index }, members.subjects))
        throw new ArchiveError(archiveFault.subjects, files.subjects, positionText({ shard, index }));
    }
    index += 1;
  }
  if (index !== end) throw new ArchiveError(archiveFault.entries, files.entries, positionText({ shard, index }));
  if (hasSubjects && (await subjectLines.next()).value !== undefined)
    throw new ArchiveError(archiveFault.subjects, files.subjects);
  while ((await nextTile()) !== null);
  if ((await chain.root()) !== root) throw new ArchiveError(archiveFault.tiles, files.tiles);

  function missing(): never {
    throw new ArchiveError(archiveFault.tiles, files.tiles);
  }
}

interface EntryMembers {
  readonly time: string;
  readonly subjects?: { readonly count: number; readonly digest: string };
}

function areSubjects(
  line: string,
  { shard, index }: { readonly shard: number; readonly index: number },
  told: EntryMembers['subjects'],
): boolean {
  const found = parsed(logFiles(shard).subjects, () => readSubjectsLine(line));
  const isOf = found.shard === shard && found.index === index && found.subjects.length === (told?.count ?? 0);
  return isOf && (told === undefined || subjectsDigest(found.salt, found.subjects) === told.digest);
}

function verifiedText(name: string, note: string, rollKeys: readonly string[], shard: number): string {
  const { text, signatures } = parseNote(note);
  try {
    verifyNote({ text, signatures }, logVerifiers(rollKeys, shard));
  } catch (error) {
    if (error instanceof SignatureError) throw new ArchiveError(archiveFault.signature, name);
    throw error;
  }
  return text;
}

/** The signed note of a log's checkpoint, which is verified with the rest. */
export const readCheckpointNote = (folder: string, shard: number): string =>
  readText(folder, logFiles(shard).checkpoint);

function readText(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new ArchiveError(archiveFault.missing, name);
    throw error;
  }
}

/** What a file of an archive says, or the fault that it is not written as one. */
function parsed<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw new ArchiveError(archiveFault.malformed, name);
    throw error;
  }
}
