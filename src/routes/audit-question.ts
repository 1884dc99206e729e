/** What a staff member asks of the ledger: read from the body, as the store needs it and as the record may hold it. */
import type { AuditSearch } from '../../schemas/stile/audit-search.js';
import type { AuditTail } from '../../schemas/stile/audit-tail.js';
import { canonicalText } from '../ledger/canonical.js';
import { deletedWithin, type EntryFilter, tagsWithin } from '../ledger/entry-filter.js';
import type { Subject } from '../ledger/ledger.js';
import type { PeriodKeys } from '../ledger/period-keys.js';
import type { Exit } from '../problem.js';
import type { Violation } from '../registry/registry.js';
import type { Text } from '../text.js';

type Filters = Omit<AuditSearch, 'limit' | 'cursor'>;

export interface Question {
  readonly filter: EntryFilter;
  /** The filters as asked, with the person's number left out: it is in the record's side row only, as a tag. */
  readonly recorded: Readonly<Record<string, unknown>>;
  readonly subjects: readonly Subject[];
  /** The months within the time asked for in which the person cannot be found any more, if there are any. */
  readonly gaps: { readonly unsearchable?: readonly string[] };
  /** All of it as one text, for cursors to be bound to. */
  readonly text: string;
}

/** The question in a body that keeps its schema. */
export function questionOf(body: AuditSearch | AuditTail, keys: PeriodKeys): Question | Exit {
  const filters = filtersOf(body);
  const { from, until, subject, ...named } = filters;
  const first = timeOf(from, '/from');
  const last = timeOf(until, '/until');
  if (typeof first === 'object') return first;
  if (typeof last === 'object') return last;
  if (first !== undefined && last !== undefined && first >= last) return invalid('/until', words.backwards);
  const deleted = deletedWithin(keys, first, last);
  const lists = Object.entries(named).map(([member, values]) => [member, [values].flat()]);
  return {
    filter: {
      ...(first === undefined ? {} : { from: first }),
      ...(last === undefined ? {} : { until: last }),
      ...(Object.fromEntries(lists) as Omit<EntryFilter, 'from' | 'until' | 'tags'>),
      ...(subject === undefined ? {} : { tags: tagsWithin(keys, subject, first, last) }),
    },
    recorded: { ...filters, ...(subject === undefined ? {} : { subject: { kind: subject.kind } }) },
    subjects: subject === undefined ? [] : [{ ...subject, role: 'asked' }],
    gaps: subject === undefined || deleted.length === 0 ? {} : { unsearchable: deleted },
    text: canonicalText(filters),
  };
}

/** What of a body says which entries are meant, and not how many or from where on. */
function filtersOf(body: AuditSearch & AuditTail): Filters {
  const { limit: _limit, cursor: _cursor, follow: _follow, after: _after, last: _last, ...filters } = body;
  return filters;
}

function timeOf(text: string | undefined, pointer: string): number | undefined | Exit {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? invalid(pointer, words.noTime) : time;
}

/** The refusal of a body that keeps its schema and still makes no sense. */
export function invalid(pointer: string, message: Text): Exit {
  const violation: Violation = { pointer, keyword: 'stile', message };
  return { code: 'STILE_SEARCH_INVALID', violations: [violation] };
}

const words = {
  backwards: { zh: '须晚于 from', en: 'must be later than from' },
  noTime: { zh: '没有这个时刻', en: 'there is no such time' },
} satisfies Record<string, Text>;
