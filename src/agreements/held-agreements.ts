/**
 * The agreements in memory, by consumer: those of consumers that ask are at hand, the rest is packed. A deployment has ten thousands of them, and
 * at any time few in use.
 */
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { recent } from '../recent.js';
import { departmentOf } from '../registry/named-services.js';
import { inSlices } from '../registry/slices.js';
import { type Agreement, agreementState } from './agreement.js';

/** What was there before a change stays as it was. */
export type HeldAgreements = ReadonlyMap<string, ConsumerAgreements>;

/** All agreements of a consumer, in their latest versions. */
export interface ConsumerAgreements {
  /** Deflated JSON of them. */
  readonly bytes: Uint8Array;
  /** SHA-256 of that JSON, in base64. */
  readonly digest: string;
  /** The departments whose services they are on, a line each. */
  readonly departments: string;
}

interface Opened {
  /** In the order of their ids. */
  readonly all: readonly Agreement[];
  /** Those that have not ended, by service: ended ones grant nothing, and nobody is told of them. */
  readonly live: ReadonlyMap<string, readonly Agreement[]>;
}

/** Consumers whose agreements surely stay at hand. */
const consumersAtHand = 256;

const opened = recent<ConsumerAgreements, Opened>(consumersAtHand, known => openedOf(unpacked(known)));

const unpacked = ({ bytes }: ConsumerAgreements): readonly Agreement[] =>
  JSON.parse(inflateRawSync(bytes).toString()) as Agreement[];

function openedOf(all: readonly Agreement[]): Opened {
  const live = new Map<string, Agreement[]>();
  for (const agreement of all) {
    if (agreement.state === agreementState.ended) continue;
    const known = live.get(agreement.service);
    if (known === undefined) live.set(agreement.service, [agreement]);
    else known.push(agreement);
  }
  return { all, live };
}

/** A consumer's agreements on a service that have not ended, in the order of their ids: the same list as long as it is at hand. */
export function liveAgreements(held: HeldAgreements, consumer: string, service: string): readonly Agreement[] {
  const found = held.get(consumer);
  return found === undefined ? none : (opened.get(found).live.get(service) ?? none);
}

const none: readonly Agreement[] = Object.freeze([]);

/** Which agreements are looked for. */
export interface Sought {
  /** Departments of which one is the consumer, or has the service; absent: any may be. */
  readonly departments?: ReadonlySet<string>;
  test(agreement: Agreement): boolean;
}

/** Every agreement that is sought, in slices: others have their turn meanwhile. */
export async function agreementsWhere(
  held: HeldAgreements,
  { departments, test }: Sought,
): Promise<readonly Agreement[]> {
  const found: Agreement[] = [];
  await inSlices(held, ([consumer, each]) => {
    const isSought =
      departments === undefined ||
      departments.has(consumer) ||
      each.departments.split('\n').some(department => departments.has(department));
    if (!isSought) return;
    for (const agreement of unpacked(each)) if (test(agreement)) found.push(agreement);
  });
  return found;
}

/** All there are, anew; a consumer's that are just as before stay the same objects. */
export async function withAll(before: HeldAgreements, agreements: readonly Agreement[]): Promise<HeldAgreements> {
  const after = new Map<string, ConsumerAgreements>();
  await inSlices(byConsumer(agreements), ([consumer, theirs]) => {
    const known = before.get(consumer);
    const made = packed(theirs);
    after.set(consumer, known?.digest === made.digest ? known : made);
  });
  return after;
}

/** The same with changed agreements in the place of their former versions; those held in that version already stay the same objects. */
export async function withChanged(held: HeldAgreements, changed: readonly Agreement[]): Promise<HeldAgreements> {
  const after = new Map(held);
  await inSlices(byConsumer(changed), ([consumer, theirs]) => {
    const known = held.get(consumer);
    const atHand = known && opened.find(known);
    const before = atHand?.all ?? (known === undefined ? [] : unpacked(known));
    const all = new Map(before.map(each => [each.id, each]));
    for (const each of theirs) if (all.get(each.id)?.version !== each.version) all.set(each.id, each);
    const agreements = [...all.values()];
    const made = packed(agreements);
    if (known?.digest === made.digest) return;
    if (atHand !== undefined) opened.keep(made, openedOf(sorted(agreements)));
    after.set(consumer, made);
  });
  return after;
}

function byConsumer(agreements: readonly Agreement[]): ReadonlyMap<string, readonly Agreement[]> {
  const found = new Map<string, Agreement[]>();
  for (const agreement of agreements) {
    const known = found.get(agreement.consumer);
    if (known === undefined) found.set(agreement.consumer, [agreement]);
    else known.push(agreement);
  }
  return found;
}

function packed(agreements: readonly Agreement[]): ConsumerAgreements {
  const text = JSON.stringify(sorted(agreements));
  // A copy: what is deflated lies in a far larger buffer.
  const bytes = Uint8Array.from(deflateRawSync(text, { level: 1 }));
  const departments = [...new Set(agreements.map(({ service }) => departmentOf(service)))].join('\n');
  return { bytes, digest: createHash('sha256').update(text).digest('base64'), departments };
}

const sorted = (agreements: readonly Agreement[]): readonly Agreement[] =>
  agreements.toSorted((one, other) => (one.id < other.id ? -1 : Number(one.id > other.id)));
