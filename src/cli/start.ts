/** `stile start`: the gateway; with `--sandbox` also the sample departments, and a call to try at once. */
import { parseArgs } from 'node:util';
import type { HeldBack } from '../configuration/held-back.js';
import { sandboxKey } from '../identity/sandbox-key.js';
import { ConfigError, type Server, serve } from '../server.js';
import type { Language } from '../text.js';
import { fit, harmless } from './display.js';
import { faultText } from './fault-text.js';
import { requestToken } from './request-token.js';
import { importSampleAgreements } from './sample-agreements.js';
import { environmentLanguage, paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile start [--sandbox]

  --sandbox        also run the sample departments' systems, on free ports and under random secrets

  HOST, PORT       where to listen (127.0.0.1, 8080)
  DATABASE_URL     the store, a PostgreSQL 15 or newer; without it the gateway starts its own under STILE_DATA
  STILE_OWNER_URL  the same store as the owner of its tables, for migrations alone; without it DATABASE_URL
  REDIS_URL        where replicas count limits together; without it each counts its own
  STILE_DATA       keys, and the gateway's own PostgreSQL (data)
  STILE_CONFIG     config
  STILE_SCHEMAS    schemas
  STILE_DRAIN      seconds of taking work after being told to stop, for load balancers to notice (5; sandbox 0)
  LOG_LEVEL        info; sandbox warn`;

const client = 'housing/permits';
const purpose = 'public-rental-housing';
const service = 'civil-affairs/marriage-status/v1';

/** @returns 0 once it was told to stop, 1 when config has faults */
export async function run(words: string[]): Promise<number> {
  const { values } = parseArgs({ args: words, options: { sandbox: { type: 'boolean', default: false } } });
  try {
    await serve({ variables: process.env, sandbox: values.sandbox, ready });
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(faultText(error.faults, terminalOf(process.stderr, process.env)));
    return 1;
  }
}

async function ready(server: Server): Promise<void> {
  const language = environmentLanguage(process.env);
  const terminal = terminalOf(process.stdout, process.env);
  if (server.registry.sandbox) {
    await importSampleAgreements(server.url, server.environment.configFolder);
    console.log(greeting(server, await sampleCommand(server, language), terminal));
  } else console.log(`${words.ready[language]} ${server.url}`);
  if (server.heldBack !== undefined) console.log(`\n${heldBackText(server.heldBack, terminal)}`);
}

/** Whoever starts it expects the files to be in force. */
function heldBackText({ record, staff }: HeldBack, terminal: Terminal): string {
  const text = words.heldBack[terminal.language];
  return paint(text.replace('%1', record).replace('%2', harmless(staff?.id ?? '?')), 'yellow', terminal);
}

/** A call that succeeds as it is, for as long as its token lives. */
async function sampleCommand({ url, registry }: Server, language: Language): Promise<string> {
  const { issuer } = registry.settings.identity;
  const got = await requestToken({ url, client, key: sandboxKey(client), language });
  if (!got.ok) throw new Error(got.lines.join(' '));
  const body = JSON.stringify(registry.services.get(service)?.contract.example);
  const headers = [`Authorization: Bearer ${got.token}`, `Stile-Purpose: ${purpose}`, 'Content-Type: application/json'];
  // A reply ends in no newline, and would run into the prompt.
  return `curl ${issuer}/exchange/${service} -w '\\n' ${headers.map(header => `-H '${header}'`).join(' ')} -d '${body}'`;
}

function greeting({ environment, departments, registry }: Server, command: string, terminal: Terminal): string {
  // Where callers reach it, which is not where it listens behind a proxy or in a container.
  const url = registry.settings.identity.issuer;
  const { language } = terminal;
  const store = environment.databaseUrl === undefined ? `PostgreSQL, ${environment.dataFolder}/` : 'DATABASE_URL';
  const lines: [string, string][] = [
    [words.gateway[language], url],
    [words.description[language], `${url}/docs`],
    [words.store[language], store],
  ];
  if (departments) {
    for (const [id, running] of Object.entries(departments.byId)) {
      lines.push([registry.departments.get(id)?.name[language] ?? id, running.address]);
    }
  }
  const address = url === 'http://127.0.0.1:8080' ? '' : `STILE_URL=${url} `;
  return [
    paint(words.ready[language], 'bold', terminal),
    ...lines.map(([name, value]) => `  ${fit(name, 24)} ${value}`),
    '',
    words.command[language],
    '',
    command,
    '',
    `${words.token[language]} ${address}npx stile token ${client}`,
    words.stop[language],
  ].join('\n');
}

const words = {
  ready: { zh: '越篱已就绪', en: 'Stile is ready' },
  gateway: { zh: '网关', en: 'gateway' },
  description: { zh: '接口说明', en: 'API description' },
  store: { zh: '存储库', en: 'store' },
  command: {
    zh: '以住房部门系统的身份查询婚姻登记状况（可直接粘贴）：',
    en: "Ask for a marriage status as the housing department's system does (paste as it is):",
  },
  token: { zh: '其中的令牌 5 分钟内有效；换一个：', en: 'Its token lives for 5 minutes; get another:' },
  heldBack: {
    zh: '注意：配置文件未生效。它们已被 %2 回退（记录 %1），正在使用的是回退后的配置。改正文件后会自动生效（reload: manual 时用 stile apply）；要原样启用，用 stile apply 或 SIGHUP。',
    en: 'Note that the config files are not in force: %2 rolled back from them (record %1), and the config from then on serves. Mended files are taken up by themselves (under reload: manual by stile apply); as they are, by stile apply or SIGHUP.',
  },
  stop: { zh: '按 Ctrl-C 停止全部', en: 'Ctrl-C stops everything' },
};
