/** A department's system answers with the very key that it was shown, and an operator looks everywhere for it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import pg from 'pg';
import { pino } from 'pino';
import t from 'tap';
import { run as adapters } from '../../src/cli/adapters.js';
import { run as plan } from '../../src/cli/plan.js';
import { run as attempt } from '../../src/cli/try.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { json, startHttp } from '../adapters/systems.js';
import { copyConfig, editFile, openConfigGateway } from '../configuration/config-gateway.js';

const { residentId } = sampleResidents.married;
const marriage = 'civil-affairs/marriage-status/v1';
const check = 'government-services/rental-housing-check/v1';
const department = 'config/departments/civil-affairs.yaml';

t.test('it is nowhere', async t => {
  let isLettingIn = true;
  const system = await startHttp((asked, ...rest) => {
    const key = String(asked.headers['x-api-key']);
    const data = { zjhm: residentId, hyzk: '20', djrq: '20150520', zsbh: `J-${key}`, gxsj: '20260101000000' };
    const refusal = { message: `no ${key}`, code: key };
    json(isLettingIn ? { code: '0', data } : refusal, isLettingIn ? 200 : 401)(asked, ...rest);
  });
  t.teardown(() => system.close());
  const folder = await copyConfig(t);
  await editFile(join(folder, 'config/stile.yaml'), text => `${text}\nreload: manual\n`);
  await editFile(join(folder, department), text => text.replace(`\${env:SANDBOX_CIVIL_AFFAIRS_URL}`, system.url));
  const log: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
  const gateway = await openConfigGateway(t, { folder, logger });
  const secrets = Object.entries(gateway.departments.variables).filter(([name]) => /KEY|SECRET|PASSWORD/.test(name));
  const request = join(folder, 'request.json');
  await writeFile(request, JSON.stringify({ residentId }));
  const told: string[] = [];
  const command = async (run: typeof plan, ...words: string[]): Promise<string> => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const environment = { STILE_URL: gateway.url };
    await run(words, { stdin: new PassThrough(), stdout, stderr, environment, ended: new AbortController().signal });
    const text = String(stdout.read() ?? '') + String(stderr.read() ?? '');
    told.push(text);
    return text;
  };
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${await gateway.token('staff/operator')}` };
    const { text } = await gateway.call(path, { headers });
    told.push(text);
    return text;
  };

  const who = ['--with', request, '--client', 'housing/permits', '--purpose', 'public-rental-housing'];
  t.match(
    await command(attempt, marriage, ...who),
    /"certificateNumber": "\*\*\*"/,
    'it was answered, and is not shown',
  );
  t.match(await command(attempt, check, ...who), /marriage {2}civil-affairs/);
  await command(attempt, marriage, ...who, '--json');
  isLettingIn = false;
  await gateway.exchange(marriage, { residentId });
  t.match(await command(attempt, marriage, ...who), /STILE_DEPARTMENT_DENIED/);

  t.match(await get('/operate/adapters'), /civil-affairs\/registration/);
  t.match(await command(adapters), /registration/);
  await get('/operate/config');
  await gateway.edit(department, text => text.replace('header: X-Api-Key', 'header: X-Key'));
  t.match(await command(plan, folder), /adapter civil-affairs\/registration/);
  await command(plan, folder, '--json');
  const typed = secrets.find(([name]) => name === 'SANDBOX_CIVIL_AFFAIRS_API_KEY')?.[1] ?? '';
  await gateway.edit(department, text => text.replace(`"\${env:SANDBOX_CIVIL_AFFAIRS_API_KEY}"`, typed));
  t.match(await command(plan, folder), /a secret is written out/);
  t.match(await command(attempt, marriage, ...who), /STILE_CONFIG_REFUSED/);
  await get('/metrics');

  const reader = new pg.Client({ connectionString: gateway.database });
  await reader.connect();
  const { rows } = await reader.query("SELECT convert_from(entry, 'UTF8') AS entry FROM ledger_entries");
  await reader.end();
  const all = [...told, ...log, ...rows.map(({ entry }) => entry)].join('\n');
  t.ok(rows.length > 5 && log.length > 0 && secrets.length > 2);
  for (const [name, value] of secrets) t.notOk(value.length >= 8 && all.includes(value), name);
});
