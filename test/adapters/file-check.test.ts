/** What is said of the settings of a drop, and of its services, before anything starts. */
import t from 'tap';
import type { JsonObject, SettingFault } from '../../adapters/adapter.js';
import { adapter as file } from '../../adapters/file.js';
import { shapeFindings, strings } from '../../src/registry/shape.js';

const settings = { folder: '/drops', file: 'a.csv', format: 'csv', columns: ['zjhm', 'xm'], key: ['zjhm'] };
const fixed = { ...settings, format: 'fixed-width', positions: { zjhm: { start: 1, length: 18 } } };
const sftp = { host: 'drops.stile.example', user: 'stile', hostKeys: [`SHA256:${'A'.repeat(43)}`] };
const service = { key: { zjhm: 'residentId' }, reply: { fields: { name: 'xm' } } };
const told = (faults: readonly SettingFault[] = []) => faults.map(({ pointer, message }) => `${pointer} ${message.en}`);
const shape = (value: unknown, schema: JsonObject) =>
  shapeFindings(value, schema, strings.written).map(({ pointer, rule }) => `${pointer} ${rule}`);

t.test('settings that are right', async t => {
  for (const all of [
    settings,
    { ...settings, file: 'a_{YYYYMMDD}.csv', encoding: 'GB18030', delimiter: '\t', header: false, repeats: true },
    { ...fixed, columns: ['zjhm'] },
    { ...settings, sftp: { ...sftp, key: `\${file:key}`, passphrase: `\${env:PASSPHRASE}` } },
  ]) {
    t.strictSame(shape(all, file.settingsSchema), []);
    t.strictSame(told(file.checkSettings?.(all, () => undefined)), []);
  }
});

t.test('settings that are not', async t => {
  for (const [changed, faults] of [
    [{ ...settings, format: 'parquet' }, ['/format wrong-value']],
    [{ ...settings, format: 'fixed-width' }, ['/positions missing-key']],
    [{ ...settings, columns: [] }, ['/columns wrong-value']],
    [{ ...settings, repeats: false }, ['/repeats wrong-value']],
    [{ ...settings, sftp: { host: 'a', user: 'b', password: `\${env:P}` } }, ['/sftp/hostKeys missing-key']],
    [{ ...settings, sftp: { ...sftp, hostKeys: ['any'] } }, ['/sftp/hostKeys/0 wrong-value']],
    [{ ...settings, sftp: { ...sftp, password: 'written out' } }, ['/sftp/password literal-secret']],
    [{ ...settings, sftp: { ...sftp, key: 'written out' } }, ['/sftp/key literal-secret']],
  ] as const) {
    t.strictSame(shape(changed, file.settingsSchema), faults);
  }
  for (const [changed, faults] of [
    [{ ...settings, file: 'a_{YYYYMM}.csv' }, ['/file the braces hold no form of a date']],
    [{ ...settings, key: ['zjhm', 'no'] }, ["/key/1 columns, in the adapter's settings, has no such column"]],
    [fixed, ['/columns/1 this column has no position']],
    [{ ...fixed, columns: ['zjhm'], encoding: 'UTF-16' }, ['/encoding a file of fixed width is not read in UTF-16']],
    [{ ...settings, sftp }, ['/sftp nothing says how to sign in']],
  ] as const) {
    t.strictSame(told(file.checkSettings?.(changed, () => undefined)), faults);
  }
});

t.test('what is wrong with a service', async t => {
  const several = { ...settings, repeats: true };
  for (const [all, changed, faults] of [
    [settings, service, []],
    [several, { ...service, rows: 'each', reply: { from: 'rows', each: { fields: { name: 'xm' } } } }, []],
    [several, service, ["/rows the adapter's settings let several rows have one key, and this takes one row"]],
    [
      settings,
      { ...service, key: { xm: 'name', zjhm: 'residentId' } },
      ["/key/xm this column is not in the adapter's key"],
    ],
    [{ ...settings, key: ['zjhm', 'xm'] }, service, ['/key a column of the key has no mapping']],
    [
      settings,
      { ...service, reply: { fields: { a: { expression: '[{"b": xm}]', each: { fields: { c: 'b' } } } } } },
      [],
    ],
    [
      settings,
      { ...service, reply: { fields: { name: { from: 'name' } } } },
      ["/reply/fields/name/from columns, in the adapter's settings, has no such column"],
    ],
    [
      settings,
      { ...service, reply: { fields: { name: { from: 'xm', codes: 'none' } } } },
      ['/reply/fields/name/codes there is no code list of this name'],
    ],
  ] as const) {
    t.strictSame(told(file.check?.(all, changed)), faults);
  }
});

t.test('fields that it names are held against the contract', async t => {
  const named = file.names?.({ ...service, absent: { reply: { fields: { name: { request: 'other' } } } } });
  t.strictSame(
    named?.map(({ half, path, pointer }) => `${half} ${path} ${pointer}`),
    [
      'request residentId /key/zjhm',
      'reply name /reply/fields/name',
      'reply name /absent/reply/fields/name',
      'request other /absent/reply/fields/name/request',
    ],
  );
});
