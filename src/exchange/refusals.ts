/**
 * The refusal gate: every refusal is logged, but nobody can fill the ledger with them.
 *
 * Up to a rate each refusal has its own record. Past it, refusals of one source, or of one client, service and code, are
 * answered at once and counted, and the counts of each second become one entry a group.
 */
import { type EntryBody, entryKind, type Outcome } from '../ledger/ledger.js';
import { randomId } from '../random.js';
import type { ExchangeSettings } from '../registry/settings.js';

export interface Refusal {
  readonly source: string;
  readonly client: string | undefined;
  readonly consumer: string | undefined;
  /** Who it was, when it was staff. */
  readonly staff?: { readonly id: string; readonly role: string } | undefined;
  /** `department/service/v1`, where one was asked for. */
  readonly service: string | undefined;
  readonly code: string;
  readonly stage: string;
  readonly outcome: Outcome;
}

export interface RefusalGate {
  /** False when a source has called far more often in this second than any system should. */
  admits(source: string, now: number): boolean;
  /** True when this refusal gets a record of its own; otherwise it is counted. */
  records(refusal: Refusal, now: number): boolean;
  /** Writes the counted ones now; called once a second and at close. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Group {
  readonly refusal: Refusal;
  readonly from: number;
  until: number;
  count: number;
  readonly sources: Map<string, number>;
}

/** Most sources that an entry names one by one; the rest are in its count. */
const namedSources = 50;
/** Most groups kept apart; past it they fall into one group of strangers. */
const namedGroups = 200;

/**
 * @param settings of the registry in force
 * @param append writes one entry, resolving when it is durable
 * @param failed is told when the counts could not be written; they are kept and tried again
 */
export function openRefusalGate(
  settings: () => ExchangeSettings,
  append: (entry: EntryBody) => Promise<unknown>,
  failed: (error: unknown) => void,
): RefusalGate {
  let second = 0;
  let all = 0;
  let counts = new Map<string, number>();
  let groups = new Map<string, Group>();
  let flushing: Promise<void> | undefined;

  function count(key: string, now: number): number {
    const current = Math.floor(now / 1000);
    if (current !== second) {
      second = current;
      all = 0;
      counts = new Map();
    }
    const next = (counts.get(key) ?? 0) + 1;
    counts.set(key, next);
    return next;
  }

  function coalesce(refusal: Refusal, now: number): void {
    const caller = callerOf(refusal);
    const wanted =
      caller === undefined ? `stranger\0${refusal.code}` : `${caller}\0${refusal.service ?? ''}\0${refusal.code}`;
    const key = groups.has(wanted) || groups.size < namedGroups ? wanted : 'rest';
    let group = groups.get(key);
    if (group === undefined) {
      group = { refusal, from: now, until: now, count: 0, sources: new Map() };
      groups.set(key, group);
    }
    group.count++;
    group.until = now;
    const source = group.sources.has(refusal.source) || group.sources.size < namedSources ? refusal.source : 'others';
    group.sources.set(source, (group.sources.get(source) ?? 0) + 1);
  }

  async function write(): Promise<void> {
    const taken = groups;
    groups = new Map();
    for (const [key, group] of taken) {
      try {
        await append(entryOf(group, key === 'rest'));
        taken.delete(key);
      } catch (error) {
        failed(error);
        break;
      }
    }
    for (const [key, group] of taken) keep(key, group);
  }

  /** Puts a group that could not be written back, with what has been counted since. */
  function keep(key: string, group: Group): void {
    const since = groups.get(key);
    if (since !== undefined) {
      group.count += since.count;
      group.until = since.until;
      for (const [source, times] of since.sources) group.sources.set(source, (group.sources.get(source) ?? 0) + times);
    }
    groups.set(key, group);
  }

  function flush(): Promise<void> {
    flushing ??= write().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  const timer = setInterval(() => void flush(), 1000);
  timer.unref();

  return {
    admits: (source, now) => count(`call\0${sourceGroup(source)}`, now) <= settings().sourceRate,
    records(refusal, now) {
      const { refusals: rates } = settings();
      const caller = callerOf(refusal);
      const mine =
        caller === undefined
          ? count(`source\0${sourceGroup(refusal.source)}`, now) <= rates.source
          : count(`client\0${caller}\0${refusal.service ?? ''}\0${refusal.code}`, now) <= rates.client;
      const recorded = mine && ++all <= rates.all;
      if (!recorded) coalesce(refusal, now);
      return recorded;
    },
    flush,
    async close() {
      clearInterval(timer);
      await flushing;
      await flush();
    },
  };
}

/** Whom refusals are counted by; a stranger's go by where they come from. */
const callerOf = ({ client, staff }: Refusal): string | undefined => client ?? staff?.id;

function entryOf(group: Group, mixed: boolean): EntryBody {
  const { refusal } = group;
  // What a stranger named is anything at all, and their group is of many.
  const service = mixed || refusal.client === undefined ? undefined : refusal.service;
  return {
    client: mixed ? undefined : refusal.client,
    code: mixed ? undefined : refusal.code,
    consumer: mixed ? undefined : refusal.consumer,
    count: group.count,
    from: new Date(group.from).toISOString(),
    id: randomId(),
    kind: entryKind.refusals,
    outcome: refusal.outcome,
    provider: service?.slice(0, service.indexOf('/')),
    service,
    sources: [...group.sources].map(([source, count]) => ({ count, source })),
    staff: mixed ? undefined : refusal.staff,
    stage: mixed ? undefined : refusal.stage,
    until: new Date(group.until).toISOString(),
  };
}

/** An IPv6 source counts by its /64, as one host has the whole of it (RFC 4291, section 2.5.4). */
export function sourceGroup(source: string): string {
  if (!source.includes(':')) return source;
  if (source.startsWith('::ffff:') && source.includes('.')) return source.slice(7);
  const [head = '', tail = ''] = source.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = source.includes('::') ? Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0') : [];
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
