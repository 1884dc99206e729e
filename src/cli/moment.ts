/** A moment as one writes it at a terminal, in the terminal's own time zone. */

const minute = 60_000;
const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: minute,
  h: 60 * minute,
  d: 24 * 60 * minute,
  w: 7 * 24 * 60 * minute,
};

/**
 * How long ago: `90s`, `30m`, `2h`, `7d`, `1w`.
 *
 * @returns milliseconds since 1970 UTC; undefined when it is written otherwise
 */
export function momentAgo(text: string, now: number): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,5})([smhdw])$/.exec(text) ?? [];
  const length = units[unit];
  return length === undefined ? undefined : now - Number(count) * length;
}

/**
 * A moment: `02:00` (of today), `2026-07-24`, `2026-07-24 02:00`, with seconds if wanted, or RFC 3339 with its offset.
 *
 * @returns milliseconds since 1970 UTC; undefined when there is no such moment
 */
export function momentOf(text: string, now: number): number | undefined {
  if (/[Zz]$|[+-]\d{2}:\d{2}$/.test(text)) {
    const time = Date.parse(text);
    return Number.isNaN(time) ? undefined : time;
  }
  const found = /^(?:(\d{4})-(\d{2})-(\d{2}))?[ T]?(?:(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (found === null || text === '') return undefined;
  const today = new Date(now);
  const [, year = today.getFullYear(), month, day, hour = 0, minutes = 0, seconds = 0] = found;
  const date = [Number(year), month === undefined ? today.getMonth() : Number(month) - 1] as const;
  const rest = [
    day === undefined ? today.getDate() : Number(day),
    Number(hour),
    Number(minutes),
    Number(seconds),
  ] as const;
  const made = new Date(...date, ...rest);
  // 31 February and 24:30 would roll over into other moments.
  const same = made.getMonth() === date[1] && made.getDate() === rest[0] && made.getHours() === rest[1];
  return same && Number(minutes) < 60 && Number(seconds) < 60 ? made.getTime() : undefined;
}

/** The time zone of the terminal at a moment: `UTC+8`, `UTC-3:30`. */
export function zoneOf(date: Date): string {
  const offset = -date.getTimezoneOffset();
  if (offset === 0) return 'UTC';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `UTC${offset < 0 ? '-' : '+'}${hours}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `02:14:07` */
export const clockOf = (date: Date): string =>
  `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

/** `2026-07-24` */
export const dayOf = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** `2026-07-24 02:14:07` */
export const dayAndClockOf = (date: Date): string => `${dayOf(date)} ${clockOf(date)}`;
