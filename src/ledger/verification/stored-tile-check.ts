/** Holds the stored tiles of a log against those that its entries make; the first hash that differs tells which entry it is. */
import type { Query } from '../ledger.js';
import { hashLength } from '../merkle.js';
import { fullWidth, tilePath } from '../tile.js';
import { type Findings, ledgerWrong, logName, positionName } from './finding.js';
import type { FullTile } from './growing-tree.js';

/** @param isSigned whether a checkpoint covers them: only then must they be there */
export async function checkTiles(
  query: Query,
  shard: number,
  tiles: readonly FullTile[],
  isSigned: boolean,
  findings: Findings,
): Promise<void> {
  for (const level of new Set(tiles.map(tile => tile.level))) {
    const wanted = tiles.filter(tile => tile.level === level);
    const { rows } = await query(
      'SELECT index, hashes, root FROM ledger_tiles WHERE shard = $1 AND level = $2 AND index = ANY($3)',
      [shard, level, wanted.map(({ index }) => index)],
    );
    const stored = new Map(rows.map(row => [Number(row.index), row]));
    for (const tile of wanted) {
      const row = stored.get(tile.index);
      if (row !== undefined) checkTile(shard, tile, row.hashes as Buffer, row.root as Buffer, findings);
      else if (isSigned) findings.add(ledgerWrong.tile, logName(shard), { detail: pathOf(tile) });
    }
  }
}

function checkTile(shard: number, tile: FullTile, hashes: Buffer, root: Buffer, findings: Findings): void {
  const detail = pathOf(tile);
  const made = Buffer.from(tile.hashes.join(''), 'hex');
  if (!made.equals(hashes)) {
    const differs = tile.hashes.findIndex((_, at) => {
      const [from, to] = [at * hashLength, (at + 1) * hashLength];
      return !made.subarray(from, to).equals(hashes.subarray(from, to));
    });
    const first = (tile.index * fullWidth + Math.max(differs, 0)) * fullWidth ** tile.level;
    findings.add(ledgerWrong.tile, positionName(shard, first), { detail });
  } else if (root.toString('hex') !== tile.root) {
    findings.add(ledgerWrong.tile, logName(shard), { detail });
  }
}

const pathOf = ({ level, index }: FullTile): string => tilePath({ level, index, width: fullWidth });
