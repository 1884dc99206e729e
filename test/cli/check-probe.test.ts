/** `stile check --probe` holds config against the departments' live systems, and tells what is wrong at its place in the file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { run } from '../../src/cli/check.js';
import { postgresql } from '../adapters/sql-postgresql-systems.js';
import { json, startHttp } from '../adapters/systems.js';
import { deployment, environment } from '../registry/deployment.js';
import { lines, terminalLike } from './audit-terminal.js';

const file = (folder: string) => join(folder, 'config', 'departments', 'civil-affairs.yaml');

async function check(folder: string, words: string[], values: Readonly<Record<string, string>>) {
  const io = terminalLike(values);
  const code = await run([folder, ...words], io);
  return { code, out: lines(io.out()), err: io.err() };
}

/** The sound deployment, with its one service asked of a database. */
function asked(t: Test, settings: Readonly<Record<string, unknown>>, statement: string): string {
  const folder = deployment(t);
  const text = readFileSync(file(folder), 'utf8');
  const adapter = `  registration:
    kind: sql
    settings: ${JSON.stringify({ ...settings, password: `\${env:REGISTRATION_KEY}` })}
`;
  const ask = `    ask:
      statement: ${JSON.stringify(statement)}
      reply:
        fields: { residentId: zjhm, status: hyzk }
`;
  const [head = ''] = text.split('  registration:');
  const [, service = ''] = text.split('services:');
  const [before = ''] = service.split('    ask:');
  writeFileSync(file(folder), `${head}${adapter}services:${before}${ask}`);
  return folder;
}

t.test('a system that is there passes, and one that is not is told at its adapter', async t => {
  const system = await startHttp(json({}));
  const folder = deployment(t);
  const values = { ...environment, REGISTRATION_URL: system.url };
  const passes = await check(folder, ['--probe'], values);
  t.equal(passes.code, 0, passes.out.join('\n'));
  t.equal(system.asked.length, 1, 'it was asked for nothing but whether it is there');
  await system.close();
  const { code, out } = await check(folder, ['--probe'], values);
  t.equal(code, 1);
  t.match(
    out[0],
    /config\/departments\/civil-affairs\.yaml:7:3 \/adapters\/registration: .*not ready: unreachable, ECONNREFUSED/,
  );
  t.notMatch(out.join(), values.REGISTRATION_KEY);
  t.equal((await check(folder, [], values)).code, 0, 'only when it is wanted');
  t.match((await check(folder, ['--probe'], {})).out[0], /unresolved/, 'it needs what config refers to');
});

t.test('a statement is held against its database', async t => {
  const { settings } = await postgresql(t);
  const { password, ...login } = settings;
  const values = { ...environment, REGISTRATION_KEY: password };
  const good = asked(t, login, 'SELECT zjhm, hyzk FROM hydj WHERE zjhm = :residentId');
  const passes = await check(good, ['--probe'], values);
  t.equal(passes.code, 0, passes.out.join('\n'));

  const bad = asked(t, login, 'SELECT zjhm, cs FROM hydj WHERE zjhm = :residentId');
  const { code, out } = await check(bad, ['--probe', '--language', 'zh'], values);
  t.equal(code, 1);
  const [place] = /^.*civil-affairs\.yaml:\d+:\d+/.exec(out[0] ?? '') ?? [];
  const [, line, column] = /:(\d+):(\d+)$/.exec(place ?? '') ?? [];
  const text = readFileSync(file(bad), 'utf8').split('\n')[Number(line) - 1] ?? '';
  t.equal(text.slice(Number(column) - 1, Number(column) + 3), 'hyzk', 'at the column of the mapping');
  t.match(out[0], /语句的结果没有列 hyzk；它给出 zjhm、cs \[system-mismatch\]$/);

  const unknown = asked(t, login, 'SELECT zjhm, hyzk FROM nowhere WHERE zjhm = :residentId');
  const refused = await check(unknown, ['--probe', '--json'], values);
  t.match(JSON.parse(refused.out.join('\n')), {
    faults: [
      { rule: 'system-mismatch', pointer: '/services/marriage-status~1v1/ask/statement', message: { en: /42P01/ } },
    ],
  });
  t.notMatch(refused.out.join(), password);
});
