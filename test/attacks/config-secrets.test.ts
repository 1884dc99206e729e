/** A secret typed into the wrong place of config, which whoever reads the check's report in a build's log would then know. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../../src/cli/check.js';
import { terminalLike } from '../cli/audit-terminal.js';
import { deployment } from '../registry/deployment.js';

const secret = 'correct-horse-battery';
const number = '918273645';
const department = 'config/departments/civil-affairs.yaml';
const apiKey = `        apiKey:
          header: X-Api-Key
          key: \${env:REGISTRATION_KEY}
`;
const address = `\${env:REGISTRATION_URL}`;

const typed: Readonly<Record<string, readonly [text: string, by: string]>> = {
  'as it is, where it belongs': [`\${env:REGISTRATION_KEY}`, secret],
  'as a number': [`\${env:REGISTRATION_KEY}`, number],
  'as a list': [`\${env:REGISTRATION_KEY}`, `[${secret}]`],
  'beside where it belongs': ['header: X-Api-Key', `header: "${secret} "`],
  'in the place of what holds it': [apiKey, `        apiKey: ${secret}\n`],
  'as another way to sign in': [apiKey, `        basic: { user: ${number}, password: [${number}] }\n`],
  'in an address': [address, `https://stile:${secret}@registration.example`],
  'in an address of another scheme': [address, `ftp://stile:${secret}@registration.example`],
  'half in a reference': [`\${env:REGISTRATION_KEY}`, `${secret}\${env:REGISTRATION_KEY}`],
  'as a value of a key that is none': [apiKey, `${apiKey}        password: ${secret}\n`],
  'where a proof of another kind is chosen': [
    '      authentication:\n',
    `      tls: { identity: ${secret}, authority: ${number} }\n      authentication:\n`,
  ],
};

for (const [what, [text, by]] of Object.entries(typed)) {
  t.test(what, async t => {
    const folder = deployment(t);
    const file = join(folder, department);
    const before = readFileSync(file, 'utf8');
    if (!before.includes(text)) throw new Error(`there is no ${text}`);
    writeFileSync(file, before.replace(text, by));
    for (const format of ['text', 'json', 'sarif', 'junit']) {
      for (const words of [[], ['--resolve']]) {
        const io = terminalLike({ REGISTRATION_URL: 'https://registration.example', REGISTRATION_KEY: secret });
        t.equal(await run([folder, '--format', format, ...words], io), 1, `${format} tells a fault`);
        t.notMatch(io.out() + io.err(), secret, format);
        t.notMatch(io.out() + io.err(), number, format);
      }
    }
  });
}
