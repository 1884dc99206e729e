/** Follows both READMEs as a new user would: the story's calls, and the department that is added in ten minutes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import t from 'tap';
import { parse } from 'yaml';
import { faultText } from '../src/cli/fault-text.js';
import { run as verifyLedger } from '../src/cli/ledger.js';
import { terminalOf } from '../src/cli/terminal.js';
import { loadRegistry } from '../src/registry/load.js';
import type { Registry } from '../src/registry/registry.js';
import { root } from '../src/root.js';
import { terminalLike } from './cli/audit-terminal.js';
import { pageOf, readmes } from './documents.js';
import { importAgreements, openGateway, sandboxAgreements, type Test, type TestGateway } from './gateway.js';
import { rollKey } from './ledger/roll-key.js';
import { unreached } from './unreached-departments.js';
import { until } from './until.js';

const service = 'social-insurance/insured/v1';
const agreementFile = 'config/agreements/housing-insured.yaml';
const departmentFile = 'config/departments/social-insurance.yaml';
const systemFile = 'social-insurance.mjs';
const secret = 'trial';
const married = { residentId: '440304198804123031' };
const languages = ['en', 'zh'] as const;

/** A folder with a copy of the project's config and schemas, and the README's files. */
function newProject(t: Test, port: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'stile-readme-'));
  t.teardown(async () => rmSync(folder, { recursive: true }));
  for (const name of ['config', 'schemas']) cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const { file, text } of pageOf('README.md').blocks) {
    if (file === undefined) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text.replaceAll('8090', String(port)));
  }
  return folder;
}

const load = (folder: string) =>
  loadRegistry({
    configFolder: join(folder, 'config'),
    schemasFolder: join(folder, 'schemas'),
    environment: {
      STILE_URL: 'http://gateway.stile.example',
      ...unreached,
      SOCIAL_INSURANCE_TOKEN: secret,
    },
  });

/** What was added, beside departments that can be reached. */
const withAdded = (added: Registry, reachable: Registry): Registry => ({
  ...added,
  settings: reachable.settings,
  departments: new Map([...added.departments, ...reachable.departments]),
  clients: reachable.clients,
  services: new Map([...added.services, ...reachable.services]),
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}

async function startSystem(folder: string, port: number): Promise<ChildProcess> {
  const env = { ...process.env, SOCIAL_INSURANCE_TOKEN: secret };
  const child = spawn(process.execPath, [join(folder, systemFile)], { env, stdio: 'inherit' });
  const asked = { method: 'POST', body: '{}' };
  await until(async () => (await fetch(`http://127.0.0.1:${port}/`, asked).catch(() => undefined)) !== undefined);
  return child;
}

t.test('what the READMEs show is what happens', async t => {
  const port = await freePort();
  const folder = newProject(t, port);
  const { registry: added, faults } = await load(folder);
  t.same(faults, []);
  if (added === undefined) return;
  const system = await startSystem(folder, port);
  t.teardown(() => system.kill());
  const gateway = await openGateway(t, { change: reachable => withAdded(added, reachable) });
  const { agreements } = parse(readFileSync(join(folder, agreementFile), 'utf8'));
  await importAgreements(gateway, [...sandboxAgreements(), ...agreements]);

  for (const [asked, about] of [
    ['civil-affairs/marriage-status/v1', married],
    ['public-security/household/v1', married],
    ['government-services/rental-housing-check/v1', married],
    [service, married],
  ] as const) {
    const answer = await gateway.exchange(asked, about);
    t.equal(answer.status, 200, answer.text);
    for (const readme of readmes) t.ok(pageOf(readme).text.includes(`\n${answer.text}\n`), `${readme}: ${asked}`);
  }
  const nobody = await gateway.exchange(service, { residentId: '440305199008261020' });
  t.same(nobody.body, { status: 'none', months: 0 });

  for (const [at, language] of languages.entries()) {
    const headers = { 'stile-purpose': 'archive-appraisal', 'accept-language': language };
    const { body } = await gateway.exchange('public-security/household/v1', married, headers);
    const shown = pageOf(readmes[at] ?? '').blocks.find(block => block.text.includes('"code": "STILE_'));
    const told = JSON.parse(shown?.text ?? '');
    t.same({ ...body, record: told.record }, told);
  }
  await entriesAsDescribed(t, gateway);
});

/** Every member of every entry so far is one that docs/ledger.md tells of. */
async function entriesAsDescribed(t: Test & { ok(value: unknown, text: string): unknown }, gateway: TestGateway) {
  const { text } = pageOf('docs/ledger.md');
  const section = text.split('### Members\n')[1]?.split('\n## ')[0] ?? '';
  const members = new Set([...section.matchAll(/`([a-z]+)`/g)].map(([, name]) => name));
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/auditor')}`,
    'content-type': 'application/json',
  };
  await gateway.call('/audit/search', { method: 'POST', headers, body: {} });
  const { body } = await gateway.call('/audit/search', { method: 'POST', headers, body: { limit: 200 } });
  const entries = body?.entries as readonly { readonly entry: Readonly<Record<string, unknown>> }[];
  t.ok(entries.length > 10, 'entries were found');
  for (const { entry } of entries) {
    const unknown = Object.keys(entry).filter(name => !members.has(name));
    t.ok(unknown.length === 0, `${entry.kind}: ${unknown.join(', ')}`);
  }
}

t.test('what the READMEs show of faults is what stile check tells', async t => {
  const folder = newProject(t, 8090);
  for (const [file, right, wrong] of [
    [agreementFile, 'path: months', 'path: month'],
    [departmentFile, 'safe: true', 'save: true'],
  ] as const) {
    const text = readFileSync(join(folder, file), 'utf8');
    writeFileSync(join(folder, file), text.replace(right, wrong));
  }
  const { faults } = await load(folder);
  for (const [at, language] of languages.entries()) {
    const told = faultText(faults, terminalOf({}, {}, language)).replaceAll(`${folder}/`, '');
    t.ok(pageOf(readmes[at] ?? '').text.includes(`$ npx stile check\n${told}\n`), told);
  }
});

t.test("the auditor's two minutes are as the READMEs tell them", async t => {
  const gateway = await openGateway(t);
  const { record } = await gateway.exchange('civil-affairs/marriage-status/v1', married);
  const [shard = '', index = ''] = (record ?? '').split('/');
  const headers = { authorization: `Bearer ${await gateway.token('housing/permits')}`, prefer: 'wait=10' };
  const { text: receipt } = await gateway.call(`/ledger/receipts/${record}`, { headers });
  const folder = mkdtempSync(join(tmpdir(), 'stile-auditor-'));
  t.teardown(async () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'receipt.json');
  writeFileSync(file, receipt);
  const auditor = async (LANG: string, ...words: readonly string[]) => {
    const io = terminalLike({ LANG, DATABASE_URL: gateway.database });
    const code = await verifyLedger(['verify', ...words, '--key', rollKey(gateway)], io);
    return { code, out: io.out().replaceAll(record ?? '', '0/8') };
  };
  /** As in the page, which was written at another time: numbers and roots differ. */
  const shape = (text: string) => text.replaceAll(/[0-9a-f]{64}|\d+/g, '0');
  const pages = readmes.map(readme => shape(pageOf(readme).text));
  const shows = (text: string) => pages.some(page => page.includes(shape(text)));
  const spoken = ['C', 'zh_CN.UTF-8'];

  for (const language of spoken) {
    const held = await auditor(language, file);
    t.equal(held.code, 0);
    t.ok(shows(held.out.split('\n').slice(0, 2).join('\n')), held.out);
    const whole = await auditor(language, '--store', '--since', file);
    t.equal(whole.code, 0);
    t.ok(shows(whole.out.split('\n').slice(0, 2).join('\n')), whole.out);
  }

  const [, statement = ''] = /-c "(UPDATE .*?)"/s.exec(pageOf('README.md').text) ?? [];
  t.ok(pageOf('README.zh-CN.md').text.includes(statement));
  const client = new pg.Client({ connectionString: gateway.database });
  await client.connect();
  const { rowCount } = await client.query(
    statement.replace('shard = 0', `shard = ${shard}`).replace(/index = \d+/, `index = ${index}`),
  );
  await client.end();
  t.equal(rowCount, 1);
  for (const language of spoken) {
    const { code, out } = await auditor(language, '--store', '--since', file);
    t.equal(code, 2);
    for (const wrong of ['entry', 'columns']) {
      const line = out.split('\n').find(each => each.endsWith(`[${wrong}]`)) ?? '';
      t.ok(line !== '' && shows(`\n${line}\n`), out);
    }
    t.match(out, /\[root\]/);
    t.equal((await auditor(language, file)).code, 0, 'the receipt still proves what was there');
  }
});
