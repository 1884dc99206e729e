/** Reads and writes dates and times in the forms that departments' systems use. */

/** One form of writing a date or time. Inside, a time is milliseconds since 1970-01-01T00:00 on the department's clock. */
export interface DateForm {
  /** Undefined when the value is not of this form, or no day of the calendar. */
  read(written: unknown): number | undefined;
  write(local: number): string | number;
}

/** Forms that have a name; any other is a pattern of {@link tokens}. */
export const dateForm = {
  /** RFC 3339 with its offset. */
  iso: 'iso',
  epochMilliseconds: 'epoch-ms',
  epochSeconds: 'epoch-s',
  /** Days since the end of 1899, and the part of a day, as spreadsheets have them. */
  excelDays: 'excel-days',
  /** IMF-fixdate (RFC 9110, section 5.6.7), as in `Last-Modified`. */
  http: 'http-date',
} as const;

/** What a pattern may hold, and how many digits each takes; all else stands for itself. */
const tokens = { YYYY: 4, MM: 2, DD: 2, HH: 2, mm: 2, ss: 2, SSS: 3 } as const;
type Token = keyof typeof tokens;
const anyToken = /YYYY|MM|DD|HH|mm|ss|SSS/g;

const minute = 60_000;

/** Minutes east of Greenwich of an offset such as `+08:00`. */
function offsetOf(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * minute;
  return sign === '-' ? -size : size;
}

/**
 * The form that config names.
 *
 * @param form a name of {@link dateForm}, or a pattern such as `YYYYMMDD` or `YYYY/MM/DD HH:mm:ss`
 * @param utcOffset offset of the department's clock, such as `+08:00`
 * @returns undefined for a pattern that lacks year, month or day, or repeats one
 */
export function formOf(form: string, utcOffset: string): DateForm | undefined {
  const offset = offsetOf(utcOffset);
  switch (form) {
    case dateForm.iso:
      return isoForm(offset, utcOffset);
    case dateForm.epochMilliseconds:
      return epochForm(1, offset);
    case dateForm.epochSeconds:
      return epochForm(1000, offset);
    case dateForm.excelDays:
      return excelForm;
    case dateForm.http:
      return httpForm(offset);
    default:
      return patternForm(form);
  }
}

/** The contract's date, RFC 3339 full-date. */
export const contractDate: DateForm = {
  read(written) {
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(typeof written === 'string' ? written : '') ?? [];
    return civil(Number(year), Number(month), Number(day), 0, 0, 0, 0);
  },
  write(local) {
    const { YYYY, MM, DD } = partsOf(local);
    return `${YYYY}-${MM}-${DD}`;
  },
};

/** The contract's date-time, RFC 3339, on the department's clock. */
export const contractTime = (utcOffset: string): DateForm => isoForm(offsetOf(utcOffset), utcOffset);

function patternForm(pattern: string): DateForm | undefined {
  const order = (pattern.match(anyToken) ?? []) as Token[];
  const complete = order.includes('YYYY') && order.includes('MM') && order.includes('DD');
  if (!complete || new Set(order).size < order.length) return undefined;
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const source = pattern
    .split(/(YYYY|MM|DD|HH|mm|ss|SSS)/)
    .map(part => (part in tokens ? `(\\d{${tokens[part as Token]}})` : literal(part)));
  const expression = new RegExp(`^${source.join('')}$`);
  // Found once: this stands in the way of every reply that has a date.
  const places = Object.keys(tokens).map(token => order.indexOf(token as Token) + 1);
  const [year = 0, month = 0, day = 0, hour = 0, min = 0, second = 0, millisecond = 0] = places;
  return {
    read(written) {
      if (typeof written !== 'string' && typeof written !== 'number') return undefined;
      const match = expression.exec(String(written));
      if (match === null) return undefined;
      const part = (place: number): number => (place === 0 ? 0 : Number(match[place]));
      return civil(part(year), part(month), part(day), part(hour), part(min), part(second), part(millisecond));
    },
    write(local) {
      const parts = partsOf(local);
      return pattern.replace(anyToken, token => parts[token as Token]);
    },
  };
}

/** Milliseconds of a civil time; undefined when the calendar or the clock has none such, or for a year before 1000. */
function civil(year: number, month: number, day: number, hour: number, min: number, second: number, ms: number) {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  const exists = year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= days;
  return exists && hour < 24 && min < 60 && second < 60
    ? Date.UTC(year, month - 1, day, hour, min, second, ms)
    : undefined;
}

function partsOf(local: number): Record<Token, string> {
  const date = new Date(local);
  return {
    YYYY: String(date.getUTCFullYear()).padStart(4, '0'),
    MM: twoDigits(date.getUTCMonth() + 1),
    DD: twoDigits(date.getUTCDate()),
    HH: twoDigits(date.getUTCHours()),
    mm: twoDigits(date.getUTCMinutes()),
    ss: twoDigits(date.getUTCSeconds()),
    SSS: String(date.getUTCMilliseconds()).padStart(3, '0'),
  };
}

const twoDigits = (number: number): string => (number < 10 ? `0${number}` : `${number}`);

/** From the year 1000 to 9999: what can be written with four digits, and read back. */
const inRange = (local: number): boolean => local >= -30_610_224_000_000 && local < 253_402_300_800_000;

function epochForm(unit: number, offset: number): DateForm {
  return {
    read(written) {
      const text = typeof written === 'number' ? String(written) : written;
      if (typeof text !== 'string' || !/^-?\d{1,15}$/.test(text)) return undefined;
      const local = Number(text) * unit + offset;
      return inRange(local) ? local : undefined;
    },
    write: local => Math.floor((local - offset) / unit),
  };
}

const day = 86_400_000;
/** Spreadsheets count 1970-01-01 as this day. */
const excelEpoch = 25_569;
/** 1900-03-01: before it they have a day that the calendar has not, 1900-02-29. */
const excelFirst = 61;

/** On the department's own clock, so that an offset means nothing. */
const excelForm: DateForm = {
  read(written) {
    const text = typeof written === 'number' ? String(written) : written;
    if (typeof text !== 'string' || !/^\d{1,7}(?:\.\d+)?$/.test(text)) return undefined;
    const local = Math.round((Number(text) - excelEpoch) * day);
    return Number(text) >= excelFirst && inRange(local) ? local : undefined;
  },
  write: local => local / day + excelEpoch,
};

const isoPattern = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function isoForm(offset: number, utcOffset: string): DateForm {
  return {
    read(written) {
      const [, day, clock, fraction = '', zone = ''] =
        isoPattern.exec(typeof written === 'string' ? written : '') ?? [];
      if (day === undefined || clock === undefined) return undefined;
      const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
      const [hour = 0, min = 0, second = 0] = clock.split(':').map(Number);
      const there = civil(year, month, date, hour, min, second, Number(fraction.padEnd(3, '0').slice(0, 3)));
      if (there === undefined) return undefined;
      const local = there - (zone === 'Z' ? 0 : offsetOf(zone)) + offset;
      return inRange(local) ? local : undefined;
    },
    write(local) {
      const { YYYY, MM, DD, HH, mm, ss, SSS } = partsOf(local);
      return `${YYYY}-${MM}-${DD}T${HH}:${mm}:${ss}${SSS === '000' ? '' : `.${SSS}`}${utcOffset}`;
    },
  };
}

function httpForm(offset: number): DateForm {
  return {
    read(written) {
      if (typeof written !== 'string') return undefined;
      const time = Date.parse(written);
      // The one form that round-trips is IMF-fixdate; Date.parse alone takes nearly anything.
      return new Date(time).getTime() === time && new Date(time).toUTCString() === written ? time + offset : undefined;
    },
    write: local => new Date(local - offset).toUTCString(),
  };
}
