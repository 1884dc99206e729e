/** `stile check` for machines: JSON, a SARIF log by the standard's own schema, a JUnit report by a real XML parser. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import t, { type Test } from 'tap';
import { run } from '../../src/cli/check.js';
import { deployment } from '../registry/deployment.js';
import { terminalLike } from './audit-terminal.js';

const department = 'config/departments/civil-affairs.yaml';
const aboveSettings =
  'exceptions:\n  - { rule: STILE-S031, at: /ledger, reason: Witnesses <begin> in "2027" & not before }\n';

async function check(folder: string, words: readonly string[], locale = 'C') {
  const io = terminalLike({ LC_ALL: locale });
  const code = await run([folder, ...words], io);
  return { code, out: io.out(), error: io.err() };
}

/** A sound config with one stated exception. */
function excepted(t: Test): string {
  const folder = deployment(t);
  const file = join(folder, 'config', 'stile.yaml');
  writeFileSync(file, readFileSync(file, 'utf8') + aboveSettings);
  return folder;
}

function sarifSchema(): ValidateFunction {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@microsoft/jest-sarif'));
  const file = join(folder, 'schemas', 'sarif-2.1.0-rtm.5.json');
  // It names draft 4, of which it uses nothing that draft 7 has otherwise.
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
  return new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
}

t.test('JSON tells gravity, rule, place, value, what is wrong and what would be right', async t => {
  const { code, out } = await check(deployment(t, 'wrong-value'), ['--format', 'json']);
  t.equal(code, 1);
  t.equal((await check(deployment(t, 'wrong-value'), ['--json'])).code, 1);
  const { registry, faults } = JSON.parse(out);
  t.equal(registry, null);
  for (const fault of faults)
    t.match(fault, { severity: 'error', rule: String, line: Number, fix: { zh: String, en: String } });
  const sound = JSON.parse((await check(excepted(t), ['--json'])).out);
  t.match(sound.registry, /^[0-9a-f]{64}$/);
  t.match(sound.faults.map(({ severity, rule }: { severity: string; rule: string }) => `${severity} ${rule}`).sort(), [
    'note STILE-S025',
    'note STILE-S032',
    'warning STILE-S020',
  ]);
  t.match(sound.excepted, [{ rule: 'STILE-S031', severity: 'warning', reason: /not before$/ }]);
});

t.test('a warning fails only under --strict, a note never', async t => {
  const folder = excepted(t);
  t.equal((await check(folder, [])).code, 0);
  t.equal((await check(folder, ['--strict'])).code, 1);
  const file = join(folder, department);
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}exceptions:\n  - { rule: STILE-S020, at: /services, reason: their system has no other }\n`,
  );
  const strict = await check(folder, ['--strict']);
  t.equal(strict.code, 0);
  t.match(strict.out, /^2 notes in 2 files$/m);
  t.match(strict.out, /^2 findings of safety excepted, with a reason$/m);
});

t.test('an error of safety fails', async t => {
  const folder = deployment(t);
  const file = join(folder, 'config', 'stile.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('https://stile', 'http://stile'));
  const { code, out } = await check(folder, []);
  t.equal(code, 1);
  t.match(out, /stile\.yaml:4:11 \/identity\/issuer: callers reach the gateway by plain HTTP; .* \[STILE-S033\]$/m);
  t.match(out, /^No fault in /m, 'what it found is no fault: it would start');
});

t.test('a SARIF log keeps the schema of the standard', async t => {
  const valid = sarifSchema();
  for (const folder of [deployment(t, 'unknown-adapter'), excepted(t), deployment(t, 'syntax')]) {
    const { out } = await check(folder, ['--format', 'sarif']);
    t.ok(valid(JSON.parse(out)), JSON.stringify(valid.errors));
  }
  t.notOk(valid({ version: '2.1.0' }), 'the schema would tell');
});

t.test('a SARIF log has each finding at its place, and what is excepted as suppressed', async t => {
  const broken = deployment(t, 'unknown-adapter');
  const [run] = JSON.parse((await check(broken, ['--format', 'sarif'])).out).runs;
  t.match(run.tool.driver, { name: 'stile', rules: [{ id: 'unknown-adapter' }] });
  t.equal(run.results.length, 1);
  t.match(run.results[0], {
    ruleId: 'unknown-adapter',
    level: 'error',
    message: { text: 'the department has no adapter registratoin; did you mean registration?' },
    locations: [{ physicalLocation: { region: { startLine: 20, startColumn: 14 } } }],
  });
  const { uri } = run.results[0].locations[0].physicalLocation.artifactLocation;
  t.equal(uri, new URL(`file://${join(broken, department)}`).href);
  const [judged] = JSON.parse((await check(excepted(t), ['--format', 'sarif'], 'zh_CN.UTF-8')).out).runs;
  t.equal(judged.language, 'zh-CN');
  const levels = judged.results.map(
    ({ ruleId, level, suppressions }: { ruleId: string; level: string; suppressions?: unknown }) =>
      `${ruleId} ${level}${suppressions === undefined ? '' : ' suppressed'}`,
  );
  t.same(levels.sort(), ['STILE-S020 warning', 'STILE-S025 note', 'STILE-S031 warning suppressed', 'STILE-S032 note']);
});

t.test('a JUnit report has a case for each finding', async t => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    isArray: name => name === 'testcase',
    processEntities: true,
  });
  const reportOf = async (folder: string, ...words: string[]) => {
    const { out } = await check(folder, ['--format', 'junit', ...words]);
    t.equal(XMLValidator.validate(out), true);
    return parser.parse(out).testsuites.testsuite;
  };
  const broken = await reportOf(deployment(t, 'unknown-adapter'));
  t.match(broken, { '@_tests': '1', '@_failures': '1', '@_skipped': '0' });
  t.match(broken.testcase, [
    {
      '@_classname': /civil-affairs\.yaml$/,
      '@_name': 'unknown-adapter 20:14',
      failure: { '@_type': 'unknown-adapter', '@_message': 'the department has no adapter registratoin' },
    },
  ]);
  const judged = await reportOf(excepted(t));
  t.match(judged, { '@_tests': '4', '@_failures': '0', '@_skipped': '1' });
  const skipped = judged.testcase.filter(({ skipped }: { skipped?: unknown }) => skipped !== undefined);
  t.match(skipped, [{ skipped: { '@_message': 'Witnesses <begin> in "2027" & not before' } }]);
  t.match(await reportOf(excepted(t), '--strict'), { '@_tests': '4', '@_failures': '1' });
});

t.test('formats that are none, or two at once, are wrong arguments', async t => {
  for (const words of [
    ['--format', 'xml'],
    ['--json', '--format', 'sarif'],
  ]) {
    const { code, out, error } = await check(deployment(t), words);
    t.equal(code, 2);
    t.equal(out, '');
    t.match(error, /stile check \[DIR\]/);
  }
});
