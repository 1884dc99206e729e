/** What a start puts in force is a change like any other, where the ledger's last one put something else: it is entered too. */
import type { AgreementIndex } from '../agreements/agreement-index.js';
import { type Ledger, positionText } from '../ledger/ledger.js';
import type { Contents } from '../registry/files.js';
import type { Loaded } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import { configAction, configDraft, way } from './config-entry.js';
import { type Consequence, consequencesOf } from './consequence.js';
import type { KeptConfigs } from './kept-configs.js';
import type { RecordedChange, RecordedChanges } from './recorded-changes.js';
import { brokenContracts } from './refusal.js';
import { touchedBy } from './touched.js';

export interface StartEntryOptions {
  readonly changes: Pick<RecordedChanges, 'last'>;
  readonly load: (given: Contents) => Promise<Loaded>;
  readonly kept: Pick<KeptConfigs, 'read'>;
  readonly ledger: Pick<Ledger, 'append'>;
}

/**
 * @param registry that the start has put in force
 * @param now milliseconds since 1970 UTC
 * @returns the change by which it is in force: the one entered now, or the ledger's last where that led to it already
 * @throws LedgerError or what the store throws, and then nothing is on record
 */
export async function recordStart(
  registry: Registry,
  agreements: Pick<AgreementIndex, 'where'>,
  now: number,
  options: StartEntryOptions,
): Promise<RecordedChange> {
  const last = await options.changes.last();
  if (last?.registry === registry.digest) return last;
  const former = last?.registry;
  const before = former === undefined ? withNothing(registry) : await registryOf(former, options);
  const consequences = before && (await between(before, registry, agreements, now));
  const by = { way: way.start };
  const position = await options.ledger.append(
    configDraft(configAction.started, by, former, registry.digest, consequences),
  );
  return { ...by, ...(former && { former }), registry: registry.digest, record: positionText(position) };
}

/** The first start of all comes to everything that there is. */
const withNothing = (registry: Registry): Registry => ({
  ...registry,
  purposes: new Map(),
  departments: new Map(),
  clients: new Map(),
  services: new Map(),
});

/** Undefined where it is not kept, or cannot be read any more: then what the change comes to cannot be told. */
async function registryOf(digest: string, { kept, load }: StartEntryOptions): Promise<Registry | undefined> {
  const contents = await kept.read(digest);
  const registry = contents && (await load(contents)).registry;
  return registry?.digest === digest ? registry : undefined;
}

async function between(
  before: Registry,
  after: Registry,
  agreements: Pick<AgreementIndex, 'where'>,
  now: number,
): Promise<readonly Consequence[]> {
  const touched = await agreements.where(touchedBy(before, after));
  return consequencesOf(before, after, touched, brokenContracts(before, after, touched, now), now);
}
