import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import t from 'tap';
import { fundOf } from '../../src/sandbox/fund.js';
import { startHousingFund } from '../../src/sandbox/housing-fund.js';
import { insuranceOf } from '../../src/sandbox/insurance.js';
import { populate } from '../../src/sandbox/population.js';
import { sampleResidents } from '../../src/sandbox/samples.js';

const population = populate();

t.test('it drops its accounts once, in GB18030, with their SHA-256 beside them', async t => {
  const folder = join(t.testdir(), 'made', 'for', 'it');
  await startHousingFund(population, folder);
  const path = join(folder, 'gjj_20261031.csv');
  const content = readFileSync(path);
  const digest = createHash('sha256').update(content).digest('hex');
  t.equal(readFileSync(`${path}.sha256`, 'utf8'), `${digest}  gjj_20261031.csv\n`);
  const [header, ...rows] = iconv.decode(content, 'gb18030').split('\r\n');
  t.equal(header, '证件号码,姓名,账户状态,单位名称,月缴存额,账户余额,缴至日期');
  t.equal(rows.pop(), '');
  t.equal(rows.length, 6093);
  t.equal(rows[0], '440304198804123031,陈思远,01,深圳市南湾精密制造有限公司,4030.40,165246.40,2026-10-31');
  const { residentId } = sampleResidents.rareCharacter;
  t.ok(
    rows.some(row => row.startsWith(`${residentId},林𬱖,01,`)),
    'a character of four bytes',
  );

  const { ino } = statSync(path);
  await startHousingFund(population, folder);
  t.equal(statSync(path).ino, ino, 'the next start finds it as it must be');
});

t.test('who pays into the fund is insured by the same employer', async t => {
  for (const resident of population.residents.values()) {
    const account = fundOf(resident);
    if (account?.state === 'paying') t.equal(insuranceOf(resident)?.employer, account.employer);
  }
});
