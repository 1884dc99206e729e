import t from 'tap';
import { isDay, isFullDate, today } from '../../src/registry/formats/calendar.js';
import { isUnifiedSocialCreditCode, socialCreditCheckCharacter } from '../../src/registry/formats/organisation.js';
import { isResidentIdentityNumber, residentCheckDigit } from '../../src/registry/formats/resident.js';

/** The weights as GB 11643-1999 prints them, to hold the doubling of the implementation against. */
const printedWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const complete = (digits: string): string => {
  const sum = printedWeights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return digits + '10X98765432'.charAt(sum % 11);
};

t.test('the examples printed in GB 11643 and GB 32100 are accepted', async t => {
  t.ok(isResidentIdentityNumber('11010519491231002X'));
  t.ok(isResidentIdentityNumber('440524188001010014'));
  t.ok(isUnifiedSocialCreditCode('91350100M000100Y43'));
});

t.test('the check digit is the one of the printed weights', async t => {
  for (let sequence = 0; sequence < 1000; sequence++) {
    const digits = `44030419880412${String(sequence).padStart(3, '0')}`;
    if (digits + residentCheckDigit(digits) !== complete(digits)) t.fail(digits);
  }
  t.pass('for a thousand sequence numbers');
});

t.test('a number is judged by province and date even where its check digit is right', async t => {
  const accepted = (digits: string): boolean => isResidentIdentityNumber(complete(digits));
  t.ok(accepted('44032119520917404'), 'an abolished county');
  t.ok(accepted('44999919520917404'), 'a county in no list');
  t.ok(accepted('83000019920917404'), 'a residence permit of a Taiwan resident');
  t.ok(accepted('44030420000229001'), 'a leap day');
  for (const [digits, why] of [
    ['44030419000229001', '1900 had no leap day'],
    ['44030419990431001', 'April has 30 days'],
    ['44030419991301001', 'month 13'],
    ['44030419990001001', 'month 0'],
    ['44030419990100001', 'day 0'],
    ['44030417991231001', 'before anyone alive'],
    ['16030419990101001', 'province 16'],
    ['91030419990101001', 'province 91'],
    ['00030419990101001', 'province 00'],
  ] as const) {
    t.notOk(accepted(digits), why);
  }
});

t.test('a birth tomorrow is refused, a birth today is not', async t => {
  const now = today();
  const china = new Date(Date.now() + 8 * 3_600_000);
  t.equal(now, Number(china.toISOString().slice(0, 10).replaceAll('-', '')));
  const tomorrow = new Date(china.getTime() + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  t.ok(isResidentIdentityNumber(complete(`440304${now}001`)));
  t.notOk(isResidentIdentityNumber(complete(`440304${tomorrow}001`)));
});

t.test('any digit changed, or any two unlike neighbours swapped, is noticed', async t => {
  const numbers = [
    '11010519491231002X',
    '440524188001010014',
    complete('44030419880412303'),
    complete('65010119991130777'),
  ];
  for (const number of numbers) {
    for (let at = 0; at < 18; at++) {
      for (const other of at === 17 ? '0123456789X' : '0123456789') {
        const changed = number.slice(0, at) + other + number.slice(at + 1);
        if (other !== number[at] && isResidentIdentityNumber(changed)) t.fail(`${changed} passes for ${number}`);
      }
      const swapped =
        number.slice(0, at) +
        number
          .slice(at, at + 2)
          .split('')
          .reverse()
          .join('') +
        number.slice(at + 2);
      if (swapped !== number && isResidentIdentityNumber(swapped)) t.fail(`${swapped} passes for ${number}`);
    }
  }
  t.pass('in no resident identity number');
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  for (const body of ['91350100M000100Y4', '91440300MA5FXMPL8', '12100000400011000']) {
    const code = body + socialCreditCheckCharacter(body);
    t.ok(isUnifiedSocialCreditCode(code), code);
    for (let at = 0; at < 18; at++) {
      for (const other of alphabet) {
        const changed = code.slice(0, at) + other + code.slice(at + 1);
        if (other !== code[at] && isUnifiedSocialCreditCode(changed)) t.fail(`${changed} passes for ${code}`);
      }
    }
  }
});

t.test('the calendar is that of Date', async t => {
  for (let year = 1896; year <= 2104; year++) {
    for (let month = 1; month <= 12; month++) {
      for (let day = 0; day <= 32; day++) {
        const date = new Date(Date.UTC(year, month - 1, day));
        const real = day > 0 && date.getUTCMonth() === month - 1;
        if (isDay(year, month, day) !== real) t.fail(`${year}-${month}-${day}`);
      }
    }
  }
  t.notOk(isDay(2000, 13, 1));
  t.notOk(isDay(2000, 0, 1));
  t.ok(isFullDate('0000-02-29'), 'year 0 is a leap year (RFC 3339 allows it)');
});
