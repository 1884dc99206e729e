/** Each safety rule has a config that it finds fault with, at the right place; a stated exception takes just that away. */
import { join, relative } from 'node:path';
import t from 'tap';
import { readAgreements } from '../../../src/registry/agreements-file.js';
import { loadRegistry } from '../../../src/registry/load.js';
import type { Safety } from '../../../src/registry/safety/judge-safety.js';
import { safetyRules } from '../../../src/registry/safety/safety-rule.js';
import { root } from '../../../src/root.js';
import { pageOf } from '../../documents.js';
import { deployment, environment } from '../deployment.js';
import { type Change, changed, department, judged } from './judging.js';

const settings = 'config/stile.yaml';
const purposes = 'config/purposes.yaml';
const agreements = 'config/agreements/first.yaml';
const request = 'schemas/civil-affairs/marriage-status/v1/request.json';
const reply = 'schemas/civil-affairs/marriage-status/v1/reply.json';

const lines = ({ faults }: Safety, folder: string): string[] =>
  faults.map(
    ({ rule, file, line, column, pointer }) => `${rule} ${relative(folder, file)}:${line}:${column} ${pointer}`,
  );

/** What the sound config is told: it has no witnesses, keeps refusals for the least time, and puts a number into a URL. */
const always = [
  `STILE-S025 ${department}:16:3 /services/marriage-status~1v1`,
  `STILE-S020 ${department}:23:13 /services/marriage-status~1v1/ask/path`,
  `STILE-S031 ${settings}:2:1 /ledger/witnesses`,
  `STILE-S032 ${settings}:2:1 /retention/other`,
];

t.test('the sound config', async t => {
  const folder = deployment(t);
  t.same(lines(await judged(folder), folder).sort(), [...always].sort());
});

const sensitive: Change = [reply, '"format": "date"', '"format": "date", "x-stile-sensitivity": "sensitive"'];
const related = (file: string): Change => [file, '"asked"', '"related"'];
const apiKey = `        apiKey:
          header: X-Api-Key
          key: \${env:REGISTRATION_KEY}
`;

const database = `      driver: postgresql
      host: register.civil-affairs.stile.example
      database: marriages
      user: stile
      unencrypted: true
      password: \${env:REGISTRATION_KEY}
`;

const cases: readonly (readonly [expected: string, changes: readonly Change[], variables?: typeof environment])[] = [
  [`STILE-S001 ${agreements}:12:7 /agreements/0/fields`, [[agreements, '        mask: { kind: year-only }\n', '']]],
  [`STILE-S002 ${agreements}:3:5 /agreements/0`, [[agreements, '    limits: { second: 10 }\n', '']]],
  [`STILE-S003 ${agreements}:10:12 /agreements/0/until`, [[agreements, '"2026-12-31"', '"2031-01-01"']]],
  [`STILE-S004 ${agreements}:3:5 /agreements/0`, [[agreements, '    clients: [permits]\n', '']]],
  [
    `STILE-S005 ${agreements}:14:15 /agreements/0/fields/2/path`,
    [sensitive, [agreements, '        mask: { kind: year-only }\n', '']],
  ],
  [
    `STILE-S006 ${agreements}:7:15 /agreements/0/purposes`,
    [
      [agreements, '[public-rental-housing]', '[public-rental-housing, b, c, d, e, f]'],
      [
        purposes,
        'purposes:\n',
        `purposes:\n${['b', 'c', 'd', 'e', 'f'].map(id => `  ${id}: { title: { zh: 题, en: T }, basis: { zh: 《法》, en: L } }\n`).join('')}`,
      ],
    ],
  ],
  [
    `STILE-S010 ${department}:11:22 /adapters/registration/settings/unverifiedTls`,
    [[department, '      authentication:', '      unverifiedTls: true\n      authentication:']],
  ],
  [
    `STILE-S011 ${department}:10:16 /adapters/registration/settings/baseUrl`,
    [],
    { ...environment, REGISTRATION_URL: 'http://registration.civil-affairs.stile.example' },
  ],
  [
    `STILE-S012 ${department}:14:20 /adapters/registration/settings/unencrypted`,
    [
      [department, `      baseUrl: \${env:REGISTRATION_URL}\n      authentication:\n${apiKey}`, database],
      [department, 'kind: http', 'kind: sql'],
      [
        department,
        'method: GET\n      path: /marriages/{residentId}',
        'statement: SELECT id, state FROM m WHERE id = :residentId',
      ],
    ],
  ],
  [
    `STILE-S013 ${department}:9:5 /adapters/registration/settings`,
    [[department, `      authentication:\n${apiKey}`, '']],
  ],
  [
    `STILE-S014 ${department}:12:9 /adapters/registration/settings/authentication/queryKey`,
    [[department, apiKey, `        queryKey: { parameter: key, key: "\${env:REGISTRATION_KEY}" }\n`]],
  ],
  [
    `STILE-S015 ${department}:12:9 /adapters/registration/settings/authentication/basic`,
    [[department, apiKey, `        basic: { user: stile, password: "\${env:REGISTRATION_KEY}" }\n`]],
  ],
  [
    `STILE-S016 ${department}:12:9 /adapters/registration/settings/authentication/sharingPlatform`,
    [
      [
        department,
        apiKey,
        `        sharingPlatform:\n          { requester: x2019, service: s_01, appKey: "\${env:REGISTRATION_KEY}", secretUrl: https://platform.stile.example/secret }\n`,
      ],
    ],
  ],
  [
    `STILE-S021 ${department}:19:15 /services/marriage-status~1v1/deadline`,
    [[department, '    safe: true\n', '    deadline: 30001\n    safe: true\n']],
  ],
  [
    `STILE-S021 ${department}:9:29 /adapters/registration/resilience/deadline`,
    [[department, '    settings:\n', '    resilience: { deadline: 30001 }\n    settings:\n']],
  ],
  [
    `STILE-S022 ${department}:20:17 /services/marriage-status~1v1/replyLimit`,
    [[department, '    safe: true\n', '    safe: true\n    replyLimit: 16777217\n']],
  ],
  [
    `STILE-S023 ${department}:18:14 /services/marriage-status~1v1/sharing`,
    [[department, 'sharing: conditional', 'sharing: unconditional']],
  ],
  [`STILE-S024 ${department}:16:3 /services/marriage-status~1v1`, [related(request), related(reply)]],
  [
    `STILE-S030 ${settings}:5:14 /identity/tokenLife`,
    [[settings, 'issuer: https://stile.example', 'issuer: https://stile.example\n  tokenLife: 901']],
  ],
  [`STILE-S033 ${settings}:4:11 /identity/issuer`, [[settings, 'https://stile.example', 'http://stile.example']]],
  [
    `STILE-S034 ${settings}:3:30 /exchange/trustedProxies/0`,
    [[settings, 'identity:', 'exchange: { trustedProxies: ["10.0.0.0/8", "10.1.0.0/16"] }\nidentity:']],
  ],
  [
    `STILE-S035 ${settings}:3:25 /exchange/repeatLife`,
    [[settings, 'identity:', 'exchange: { repeatLife: 86401 }\nidentity:']],
  ],
  [
    `STILE-S040 ${purposes}:5:5 /purposes/public-rental-housing/basis`,
    [[purposes, '《公共租赁住房管理办法》第七条', '领导同意']],
  ],
  [
    `STILE-S090 ${settings}:6:5 /exceptions/0`,
    [
      [
        settings,
        'issuer: https://stile.example',
        'issuer: https://stile.example\nexceptions:\n  - { rule: STILE-S030, at: /identity, reason: none }',
      ],
    ],
  ],
  [
    `STILE-S091 ${settings}:6:13 /exceptions/0/rule`,
    [
      [
        settings,
        'issuer: https://stile.example',
        'issuer: https://stile.example\nexceptions:\n  - { rule: STILE-S999, at: /identity, reason: none }',
      ],
    ],
  ],
];

const toldOf = new Set(always.map(line => line.slice(0, 10)));
for (const [expected, changes, variables] of cases) {
  const rule = expected.slice(0, 10);
  toldOf.add(rule);
  t.test(rule, async t => {
    const folder = changed(t, changes);
    const found = lines(await judged(folder, variables), folder).filter(line => line.startsWith(rule));
    t.same(found, [expected]);
  });
}

// In wsdl-address.test.ts.
toldOf.add('STILE-S017');

t.test('no rule is without its config', async t => {
  t.same(
    Object.keys(safetyRules).filter(rule => !toldOf.has(rule)),
    [],
  );
});

t.test('an address is judged by where it leads', async t => {
  const url = 'REGISTRATION_URL';
  for (const loopback of ['http://127.8.0.1:1', 'http://[::1]', 'http://localhost/api', 'https://stile.example']) {
    const { faults } = await judged(deployment(t), { ...environment, [url]: loopback });
    t.notOk(
      faults.some(({ rule }) => rule === 'STILE-S011'),
      loopback,
    );
  }
  for (const beyond of ['http://10.0.0.1', 'http://localhost.stile.example', 'http://127.0.0.1.stile.example']) {
    const { faults } = await judged(deployment(t), { ...environment, [url]: beyond });
    t.ok(
      faults.some(({ rule }) => rule === 'STILE-S011'),
      beyond,
    );
    t.notMatch(JSON.stringify(faults), beyond, 'what a reference stands for is not told');
  }
});

t.test('an exception takes away its rule at its place, and says why', async t => {
  const reason = '其系统尚不支持，2027 年更换';
  const exception = (at: string) => `\nexceptions:\n  - rule: STILE-S020\n    at: ${at}\n    reason: ${reason}\n`;
  const replies = '        fields: { residentId: id, status: state }\n';
  for (const at of ['/services/marriage-status~1v1', '/services/marriage-status~1v1/ask/path']) {
    const folder = changed(t, [[department, replies, replies + exception(at)]]);
    const safety = await judged(folder);
    t.same(lines(safety, folder).sort(), always.filter(line => !line.startsWith('STILE-S020')).sort());
    t.match(safety.excepted, [{ reason, fault: { rule: 'STILE-S020', line: 23 } }]);
  }
  const elsewhere = changed(t, [[department, replies, replies + exception('/services/marriage-status~1v1/ask/pat')]]);
  t.same((await judged(elsewhere)).excepted, [], 'a place that only begins alike is another');
});

t.test('an exception is not idle where what it is from cannot be judged', async t => {
  const replies = '        fields: { residentId: id, status: state }\n';
  const exception = 'exceptions: [{ rule: STILE-S011, at: /adapters/registration, reason: a line of our own }]\n';
  const folder = changed(t, [[department, replies, replies + exception]]);
  const idle = ({ faults }: Safety) => faults.filter(({ rule }) => rule === 'STILE-S090').length;
  t.equal(idle(await judged(folder, null)), 0);
  t.equal(idle(await judged(folder)), 1, 'its address is found out, and leads nowhere else');
});

t.test('an exception without a reason is a fault', async t => {
  const folder = changed(t, [[settings, 'identity:', 'exceptions: [{ rule: STILE-S031, at: /ledger }]\nidentity:']]);
  const folders = { configFolder: join(folder, 'config'), schemasFolder: join(folder, 'schemas') };
  t.match((await loadRegistry(folders)).faults, [{ rule: 'missing-key', pointer: '/exceptions/0/reason' }]);
});

t.test('the sandbox has nothing but stated exceptions: mend what you add, or say in its file why it is so', async t => {
  const folders = { configFolder: join(root, 'config'), schemasFolder: join(root, 'schemas') };
  const { safety } = await loadRegistry({ ...folders, judgesSafety: true });
  t.same(
    safety?.faults.map(({ rule, file, pointer }) => `${rule} ${relative(root, file)} ${pointer}`),
    [],
  );
});

t.test('docs/safety.md has every rule as it is', async t => {
  const rows = [...pageOf('docs/safety.md').text.matchAll(/^\| `(STILE-S\d+)` \| (\w+) \| (.*?) \| (.*?) \|$/gm)];
  t.same(
    Object.fromEntries(rows.map(([, id, severity, message, fix]) => [id, { severity, message, fix }])),
    Object.fromEntries(
      Object.entries(safetyRules).map(([id, { severity, message, fix }]) => [
        id,
        { severity, message: message.en, fix: fix.en },
      ]),
    ),
  );
});

t.test('a file of agreements is judged by itself as far as it shows there', async t => {
  const written = '    limits: { second: 10 }\n';
  const exceptions = (rule: string) =>
    `exceptions:\n  - { rule: ${rule}, at: /agreements/0, reason: a trial of one week }\n`;
  for (const [by, rules] of [
    ['', ['STILE-S002']],
    [exceptions('STILE-S002'), []],
    [exceptions('STILE-S001'), ['STILE-S002']],
  ] as const) {
    const folder = changed(t, [[agreements, written, by]]);
    t.same(
      readAgreements(join(folder, agreements)).unsafe.map(({ rule }) => rule),
      rules,
    );
  }
});
