/** Holds the archives of dropped months against what is left of them in the store: the drop's own entry, and where they begin and end. */
import { ArchiveError } from '../archive-fault.js';
import { archiveFolder } from '../archive-folder.js';
import { verifyArchive } from '../verify-archive.js';
import type { DroppedRange, ToldDrop } from './dropped-range.js';
import { type Findings, ledgerWrong, positionName } from './finding.js';

/**
 * @param folder of all archives
 * @param rollKeys verifier keys of the roll, old ones too: an archive is signed by those of its time
 */
export async function checkArchives(
  folder: string,
  rollKeys: readonly string[],
  ranges: readonly DroppedRange[],
  told: readonly ToldDrop[],
  findings: Findings,
): Promise<void> {
  const manifests = new Map(told);
  for (const month of new Set(ranges.map(range => range.month))) {
    const own = ranges.filter(range => range.month === month);
    const at = own.map(({ shard, first }) => positionName(shard, first))[0] ?? month;
    try {
      const { manifest, digest } = await verifyArchive(archiveFolder(folder, month), rollKeys);
      const isOfDrop = digest === (manifests.get(month) ?? digest) && manifest.month === month;
      const isSame = rangeText(manifest.logs) === rangeText(own);
      if (!isOfDrop || !isSame) findings.add(ledgerWrong.archive, at, { detail: month });
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      findings.add(ledgerWrong.archive, at, { detail: `${month} ${error.file} ${error.fault}` });
    }
  }
}

const rangeText = (
  ranges: readonly { readonly shard: number; readonly first: number; readonly end: number }[],
): string =>
  ranges
    .map(({ shard, first, end }) => `${shard}/${first}-${end}`)
    .sort()
    .join();
