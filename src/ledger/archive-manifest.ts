/** The manifest of an archived month: every file with its SHA-256 and size, as the text of a signed note. */
import { readDecimal } from './decimal.js';
import type { Hash } from './merkle.js';

/** Of the file that holds the signed note; all others are named in it. */
export const manifestName = 'manifest';

/** The entries of one log that are in the month. */
export interface ArchivedLog {
  readonly shard: number;
  /** Index of the first. */
  readonly first: number;
  /** Index after the last. */
  readonly end: number;
}

export interface ArchivedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256. */
  readonly digest: Hash;
}

export interface Manifest {
  /** Of the roll, whose keys sign the manifest. */
  readonly origin: string;
  /** `YYYY-MM`, in UTC. */
  readonly month: string;
  /** In the order of their shards, the roll first. */
  readonly logs: readonly ArchivedLog[];
  /** In the order of their names. */
  readonly files: readonly ArchivedFile[];
}

/** The text of the note to be signed; its second line keeps it from being taken for a checkpoint. */
export const formatManifest = ({ origin, month, logs, files }: Manifest): string =>
  [
    origin,
    `archive ${month}`,
    ...logs.map(({ shard, first, end }) => `log ${shard} ${first} ${end}`),
    ...files.map(({ name, size, digest }) => `file ${digest} ${size} ${name}`),
  ]
    .map(line => `${line}\n`)
    .join('');

const monthLine = /^archive (\d{4}-(?:0[1-9]|1[0-2]))$/;
const logLine = /^log (-1|\d{1,10}) (\d+) (\d+)$/;
const fileLine = /^file ([0-9a-f]{64}) (\d+) ([a-z0-9]+(?:[.-][a-z0-9]+)*)$/;

/**
 * @param text of a note whose signatures were verified
 * @throws {SyntaxError} when it is not written as {@link formatManifest} writes it
 */
export function parseManifest(text: string): Manifest {
  const [origin = '', archive = '', ...lines] = text.split('\n').slice(0, -1);
  const logs: ArchivedLog[] = [];
  const files: ArchivedFile[] = [];
  for (const line of lines) {
    const [, shard, first = '', end = ''] = logLine.exec(line) ?? [];
    const [, digest, size = '', name = ''] = fileLine.exec(line) ?? [];
    if (shard !== undefined) logs.push({ shard: Number(shard), first: numberIn(first), end: numberIn(end) });
    if (digest !== undefined) files.push({ name, size: numberIn(size), digest });
  }
  const manifest = { origin, month: monthLine.exec(archive)?.[1] ?? '', logs, files };
  if (formatManifest(manifest) !== text || manifest.month === '')
    throw new SyntaxError('not the manifest of an archive');
  return manifest;
}

function numberIn(text: string): number {
  const number = readDecimal(text);
  if (number === null) throw new SyntaxError('not a number of a manifest');
  return number;
}

const logName = (shard: number): string => (shard < 0 ? 'roll' : `shard-${shard}`);

/** The files of one log. */
export interface LogFiles {
  readonly entries: string;
  /** Tags and salts, apart, so that an archive can be handed out without them. */
  readonly subjects: string;
  readonly tiles: string;
  /** The signed checkpoint that covers the month. */
  readonly checkpoint: string;
  /** Proves that the roll holds that checkpoint; the roll itself has none. */
  readonly pin: string;
}

export const logFiles = (shard: number): LogFiles => ({
  entries: `${logName(shard)}.entries.ndjson`,
  subjects: `${logName(shard)}.subjects.ndjson`,
  tiles: `${logName(shard)}.tiles.ndjson`,
  checkpoint: `${logName(shard)}.checkpoint`,
  pin: `${logName(shard)}.pin.json`,
});
