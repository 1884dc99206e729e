/** Writes a log as a folder, by our own code alone, for other people's tools to verify: `verify.go` says what is in it. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatCheckpoint } from '../../../src/ledger/checkpoint.js';
import { cosigner } from '../../../src/ledger/cosignature.js';
import { encodeBundle } from '../../../src/ledger/entry-bundle.js';
import { type Hash, leafHash } from '../../../src/ledger/merkle.js';
import { formatNote, signText } from '../../../src/ledger/note.js';
import { formatVerifierKey, noteKey, noteSigner, signatureType } from '../../../src/ledger/note-key.js';
import { proveConsistency, proveInclusion, readRoot } from '../../../src/ledger/proof.js';
import {
  decodeTile,
  encodeTile,
  fullWidth,
  nodesInTiles,
  type Tile,
  tilePath,
  tileRoot,
  tilesOf,
} from '../../../src/ledger/tile.js';
import { formatTlogProof } from '../../../src/ledger/tlog-proof.js';

const origin = 'stile.example/ledger/3';
const witness = 'witness.example/w1';

export interface LogFolder {
  /** Signs the checkpoint of a tree, whatever its root is. */
  sign(size: number, root: Hash): string;
}

/**
 * @param earlier size of the first checkpoint
 * @param proved indexes of the entries to prove
 */
export async function writeLog(
  folder: string,
  entries: readonly Buffer[],
  earlier: number,
  proved: readonly number[],
): Promise<LogFolder> {
  const write = async (path: string, bytes: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  };
  const levels = levelsOf(entries.map(leafHash));
  const bytesOf = ({ level, index, width }: Tile): Buffer => {
    const range = [index * fullWidth, index * fullWidth + width] as const;
    return level === 'entries'
      ? encodeBundle(entries.slice(...range))
      : encodeTile(levels[level]?.slice(...range) ?? []);
  };
  for (const size of [earlier, entries.length]) {
    for (const tile of tilesOf(size)) await write(tilePath(tile), bytesOf(tile));
  }

  const readTile = async (tile: Tile) => decodeTile(await readFile(join(folder, tilePath(tile))), tile.width);
  const read = nodesInTiles(entries.length, readTile);
  const keys = { log: generateKeyPairSync('ed25519').privateKey, witness: generateKeyPairSync('ed25519').privateKey };
  await write('log.key', formatVerifierKey(noteKey(origin, signatureType.note, keys.log)));
  await write('witness.key', formatVerifierKey(noteKey(witness, signatureType.cosignature, keys.witness)));

  function sign(size: number, root: Hash): string {
    const text = formatCheckpoint({ origin, size, root });
    const signers = [noteSigner(origin, keys.log), cosigner(witness, keys.witness, 1_790_000_000)];
    return formatNote({ text, signatures: signers.map(signer => signText(text, signer)) });
  }
  await write('checkpoint.earlier', sign(earlier, await readRoot(earlier, nodesInTiles(earlier, readTile))));
  const checkpoint = sign(entries.length, await readRoot(entries.length, read));
  await write('checkpoint', checkpoint);

  for (const index of proved) {
    const proof = await proveInclusion(index, entries.length, read);
    const text = formatTlogProof({ extra: entries[index], index, proof, checkpoint });
    await write(`proof/${index}.tlog-proof`, text);
  }
  const consistency = await proveConsistency(earlier, entries.length, read);
  await write('consistency', consistency.map(hash => `${Buffer.from(hash, 'hex').toString('base64')}\n`).join(''));
  return { sign };
}

/** The hashes that tiles of each level hold. */
function levelsOf(leaves: readonly Hash[]): readonly (readonly Hash[])[] {
  const levels = [leaves];
  for (let below = leaves; below.length >= fullWidth; ) {
    below = Array.from({ length: Math.floor(below.length / fullWidth) }, (_, index) =>
      tileRoot(below.slice(index * fullWidth, (index + 1) * fullWidth)),
    );
    levels.push(below);
  }
  return levels;
}
