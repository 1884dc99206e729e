import t from 'tap';
import { contractDate, contractTime, formOf } from '../../adapters/dates.js';

const china = '+08:00';
const toDate = (form: string, written: unknown, offset = china): string | number | undefined => {
  const local = formOf(form, offset)?.read(written);
  return local === undefined ? undefined : contractDate.write(local);
};
const toTime = (form: string, written: unknown, offset = china): string | number | undefined => {
  const local = formOf(form, offset)?.read(written);
  return local === undefined ? undefined : contractTime(offset).write(local);
};
const fromDate = (form: string, date: string, offset = china): string | number | undefined => {
  const local = contractDate.read(date);
  return local === undefined ? undefined : formOf(form, offset)?.write(local);
};
const fromTime = (form: string, time: string, offset = china): string | number | undefined => {
  const local = contractTime(offset).read(time);
  return local === undefined ? undefined : formOf(form, offset)?.write(local);
};

t.test('patterns are read and written', async t => {
  for (const [form, written] of [
    ['YYYYMMDD', '20240229'],
    ['YYYY-MM-DD', '2024-02-29'],
    ['YYYY/MM/DD', '2024/02/29'],
    ['DD.MM.YYYY', '29.02.2024'],
    ['YYYY年MM月DD日', '2024年02月29日'],
  ] as const) {
    t.equal(toDate(form, written), '2024-02-29', form);
    t.equal(fromDate(form, '2024-02-29'), written, form);
  }
  t.equal(toDate('YYYYMMDD', 20240229), '2024-02-29', 'a number with the digits of a date');
  t.equal(toTime('YYYYMMDDHHmmss', '20240229235959'), '2024-02-29T23:59:59+08:00');
  t.equal(toTime('YYYY-MM-DD HH:mm:ss.SSS', '2024-02-29 01:02:03.045'), '2024-02-29T01:02:03.045+08:00');
  t.equal(fromTime('YYYYMMDDHHmmss', '2024-02-29T15:59:59Z'), '20240229235959', "on the department's clock");
  t.equal(toTime('YYYYMMDD', '20240229'), '2024-02-29T00:00:00+08:00');
  t.equal(toDate('YYYYMMDDHHmmss', '20240229235959'), '2024-02-29');
});

t.test('what is no day of the calendar, or of another form, is refused', async t => {
  for (const written of [
    ...['20230229', '19000229', '20240431', '20241301', '20240100', '20240001', '00000000', '09991231', '2024022'],
    ...['202402290', '2024-02-29', ' 20240229', '20240229\n', '２０２４０２２９', '', null, undefined, {}, [], true],
  ]) {
    t.equal(toDate('YYYYMMDD', written), undefined, JSON.stringify(written));
  }
  for (const written of ['20240229240000', '20240229236000', '20240229235960']) {
    t.equal(toTime('YYYYMMDDHHmmss', written), undefined, written);
  }
  for (const date of ['2023-02-29', '2024-2-29', '20240229', '2024-02-29T00:00:00Z', '']) {
    t.equal(fromDate('YYYYMMDD', date), undefined, date);
  }
  t.equal(toDate('YYYYMMDD', '20000229'), '2000-02-29', 'a leap year of 400');
});

t.test('epochs', async t => {
  // 2024-02-29T00:00:00+08:00 is 2024-02-28T16:00:00Z, 1709136000 seconds.
  t.equal(toDate('epoch-ms', 1709136000000), '2024-02-29');
  t.equal(toDate('epoch-ms', '1709136000000'), '2024-02-29');
  t.equal(toDate('epoch-s', 1709136000), '2024-02-29');
  t.equal(toDate('epoch-s', 1709135999), '2024-02-28');
  t.equal(toDate('epoch-s', 1709136000, '+00:00'), '2024-02-28');
  t.equal(toTime('epoch-s', 1709136000, '-03:30'), '2024-02-28T12:30:00-03:30');
  t.equal(toDate('epoch-ms', -1), '1970-01-01');
  t.equal(fromDate('epoch-ms', '2024-02-29'), 1709136000000);
  t.equal(fromDate('epoch-s', '2024-02-29'), 1709136000);
  for (const written of ['', '1.5', 1.5, 'now', null, 9e14, -9e14, '9'.repeat(16)]) {
    t.equal(toDate('epoch-ms', written), undefined, String(written));
  }
});

t.test('days of a sheet', async t => {
  t.equal(toDate('excel-days', '45351'), '2024-02-29');
  t.equal(toDate('excel-days', 61, '-11:30'), '1900-03-01');
  t.equal(toTime('excel-days', '45351.75'), '2024-02-29T18:00:00+08:00');
  t.equal(fromDate('excel-days', '2024-02-29'), 45_351);
  for (const written of [60, '0', '-1', '45351.', 'x', 1e9, null]) t.equal(toDate('excel-days', written), undefined);
});

t.test('RFC 3339 and HTTP dates', async t => {
  t.equal(toTime('iso', '2024-02-28T16:00:00Z'), '2024-02-29T00:00:00+08:00');
  t.equal(toDate('iso', '2024-02-28T16:00:00.5Z'), '2024-02-29');
  t.equal(toTime('iso', '2024-02-29T00:00:00.123456+09:00'), '2024-02-28T23:00:00.123+08:00');
  t.equal(toTime('http-date', 'Wed, 28 Feb 2024 16:00:00 GMT'), '2024-02-29T00:00:00+08:00');
  t.equal(fromTime('http-date', '2024-02-29T00:00:00+08:00'), 'Wed, 28 Feb 2024 16:00:00 GMT');
  t.equal(fromTime('iso', '2024-02-28T16:00:00Z'), '2024-02-29T00:00:00+08:00');
  for (const written of ['2024-02-30T00:00:00Z', '2024-02-29T00:00:00', '2024-02-29', '2024-02-29T25:00:00Z', 5]) {
    t.equal(toTime('iso', written), undefined, String(written));
  }
  for (const written of ['2024-02-28', 'Thu, 28 Feb 2024 16:00:00 GMT', 'yesterday', 'Feb 28 2024', 1709136000000]) {
    t.equal(toTime('http-date', written), undefined, String(written));
  }
});

t.test('a pattern needs year, month and day, each once', async t => {
  for (const form of ['', 'YYYYMM', 'MMDD', 'YYYYMMDDDD', 'yyyymmdd', 'ISO']) {
    t.equal(formOf(form, china), undefined, form);
  }
});

t.test('every day of a century comes back as it went', async t => {
  const forms = ['YYYYMMDD', 'DD/MM/YYYY', 'YYYYMMDDHHmmss', 'epoch-ms', 'epoch-s', 'excel-days', 'iso', 'http-date'];
  const first = Date.UTC(1950, 0, 1);
  for (const offset of [china, '-11:30', '+00:00']) {
    for (const form of forms) {
      const wrong: string[] = [];
      for (let day = 0; day < 36_525; day += 7) {
        const date = new Date(first + day * 86_400_000).toISOString().slice(0, 10);
        if (toDate(form, fromDate(form, date, offset), offset) !== date) wrong.push(date);
      }
      t.strictSame(wrong, [], `${form} ${offset}`);
    }
  }
});
