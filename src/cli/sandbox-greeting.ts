/** What the sandbox says once it is ready: what runs where, and a call to paste. */
import { sandboxKey } from '../identity/sandbox-key.js';
import type { Server } from '../server.js';
import type { Language } from '../text.js';
import { fit } from './display.js';
import { requestToken } from './request-token.js';
import { paint, type Terminal } from './terminal.js';

const client = 'housing/permits';
const purpose = 'public-rental-housing';
const service = 'civil-affairs/marriage-status/v1';

/** Imports the sample agreements first, without which the call would be refused, unless there is any: what officers have changed since stays. */
export async function greeting(server: Server, terminal: Terminal): Promise<string> {
  if (!server.hasAgreements) {
    const { importSampleAgreements } = await import('./sample-agreements.js');
    await importSampleAgreements(server.url, server.environment.configFolder);
  }
  return textOf(server, await sampleCommand(server, terminal.language), terminal);
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

function textOf({ environment, departments, registry }: Server, command: string, terminal: Terminal): string {
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
  stop: { zh: '按 Ctrl-C 停止全部', en: 'Ctrl-C stops everything' },
};
