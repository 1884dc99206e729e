/** The housing fund centre's own system: it answers nobody, and drops a CSV file in GB18030 with all accounts into a folder. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { libraries } from '../../adapters/libraries.js';
import { csvCell } from './csv.js';
import type { RunningDepartment } from './department.js';
import { type FundAccount, fundOf } from './fund.js';
import { originOfData } from './origin.js';
import type { Population } from './population.js';

export interface HousingFund extends RunningDepartment {
  /** The folder of the drops. */
  readonly folder: string;
}

/** The day that the accounts are of is in the name. */
const fileName = 'gjj_20261031.csv';
const header = ['证件号码', '姓名', '账户状态', '单位名称', '月缴存额', '账户余额', '缴至日期'];
const stateCodes: Readonly<Record<FundAccount['state'], string>> = { paying: '01', sealed: '02' };

/** Drops the file, unless it is there: whole by its rename, and marked by its SHA-256 after that. */
export async function startHousingFund(population: Population, folder: string): Promise<HousingFund> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, fileName);
  const origin = originOfData();
  if ((await readFile(`${path}.origin`, 'utf8').catch(() => '')) !== origin) {
    const content = fileOf(population);
    const digest = createHash('sha256').update(content).digest('hex');
    await place(path, content);
    await place(`${path}.sha256`, `${digest}  ${fileName}\n`);
    await place(`${path}.origin`, origin);
  }
  return { folder, address: `CSV, ${folder}/`, close: async () => undefined };
}

async function place(path: string, content: Buffer | string): Promise<void> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.part`;
  await writeFile(partial, content);
  await rename(partial, path);
}

function fileOf({ residents }: Population): Buffer {
  const rows = [header];
  for (const resident of residents.values()) {
    const account = fundOf(resident);
    if (account === undefined) continue;
    const { state, employer, monthlyDeposit = '', balance, paidUntil } = account;
    const { residentId, name } = resident;
    rows.push([residentId, name, stateCodes[state], employer, monthlyDeposit, balance, paidUntil]);
  }
  return libraries.iconv.encode(rows.map(cells => `${cells.map(csvCell).join(',')}\r\n`).join(''), 'gb18030');
}
