/** Days that exist: the proleptic Gregorian calendar, as ISO 8601 and RFC 3339 use it. */
import { digitsAt } from './digits.js';

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const february = 2;

/** Whether year, month (1 to 12) and day name a day of the calendar. */
export function isDay(year: number, month: number, day: number): boolean {
  const most = daysOfMonth[month - 1];
  if (most === undefined || day < 1) return false;
  if (month === february && day === 29) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= most;
}

/** RFC 3339 section 5.6, `full-date`: `2019-03-14`, a day that exists. */
export function isFullDate(value: string): boolean {
  if (value.length !== 10 || value[4] !== '-' || value[7] !== '-') return false;
  const year = digitsAt(value, 0, 4);
  return year >= 0 && isDay(year, digitsAt(value, 5, 7), digitsAt(value, 8, 10));
}

const dayLength = 86_400_000;
/** China keeps one time, UTC+8, all year. */
const chinaOffset = 8 * 3_600_000;
let knownDay = Number.NaN;
let knownToday = 0;

/** Today in China as the number 20190314; worked out once a day, as every identity number asks for it. */
export function today(): number {
  const day = Math.floor((Date.now() + chinaOffset) / dayLength);
  if (day !== knownDay) {
    const date = new Date(day * dayLength);
    knownToday = date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
    knownDay = day;
  }
  return knownToday;
}

/** Midnight at which a day begins in China, milliseconds since 1970 UTC. NaN for what is no date. */
export const dayStart = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);
