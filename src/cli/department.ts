/** `stile department new`: a department's file, with a client's key and a service's contract to go on from. */
import { existsSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { OperatorError } from '../operator-error.js';
import { formats } from '../registry/formats.js';
import { type ClientKey, newClientKey, readClientKey } from '../scaffold/client-key.js';
import { type DepartmentPlan, departmentFiles, variablesOf } from '../scaffold/department.js';
import type { Language } from '../text.js';
import { type Io, printLines, processIo } from './io.js';
import { makeAndTell, type NextStep } from './made-files.js';
import { terminalOf } from './terminal.js';

export const usage = `stile department new ID --name-zh NAME --name-en NAME --division CODE --contact TEXT
    [--client ID [--private-key FILE | --public-key FILE]] [--service NAME/v1] [--into DIR] [--language zh|en]

  ID             the department's id, kebab-case; its file is config/departments/ID.yaml
  --name-zh      its full name in Chinese
  --name-en      and in English
  --division     GB/T 2260 code of the area it serves, six digits
  --contact      whom callers may ask
  --client       id of a system of theirs that will call others
  --private-key  where the client's new private key is written, for its owner alone (ID-CLIENT.pem)
  --public-key   take this public key instead of making one: PEM or JWK
  --service      a service it will answer, such as insured/v1: contract and adapter to go on from
  --into         the folder that holds config/ and schemas/ (the current one)
  --language     the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides`;

interface Wish {
  readonly plan: DepartmentPlan;
  readonly client: string | undefined;
  readonly privateKey: string | undefined;
  readonly publicKey: string | undefined;
  readonly language: Language | undefined;
}

/** @returns 0 when the files are there, 1 when something is in their place, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const wish = parse(words);
  if (wish === undefined) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const { into } = wish.plan;
  if (!existsSync(join(into, 'config', 'stile.yaml'))) throw new OperatorError(noDeployment(into));
  const key = wish.client === undefined ? undefined : await keyOf(wish);
  const plan: DepartmentPlan = {
    ...wish.plan,
    ...(wish.client === undefined || key === undefined ? {} : { client: { id: wish.client, jwk: key.jwk } }),
  };
  const keyFile = key?.pem === undefined ? [] : [{ file: privateFileOf(wish), text: key.pem, secret: true as const }];
  const terminal = terminalOf(io.stdout, io.environment, wish.language);
  makeAndTell([...keyFile, ...departmentFiles(plan)], stepsOf(plan, keyFile[0]?.file), io, terminal);
  return 0;
}

function parse(words: string[]): Wish | undefined {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      'name-zh': text,
      'name-en': text,
      division: text,
      contact: text,
      client: text,
      'private-key': text,
      'public-key': text,
      service: text,
      into: text,
      language: text,
    },
  });
  const { 'name-zh': zh = '', 'name-en': en = '', division = '', contact = '', client, service, language } = values;
  const { 'private-key': privateKey, 'public-key': publicKey, into = '.' } = values;
  const [verb, id = '', ...more] = positionals;
  if (verb !== 'new' || more.length > 0) return undefined;
  if (language !== undefined && language !== 'zh' && language !== 'en') return undefined;
  const wrong = [
    ['ID', isId(id) && id !== 'staff'],
    ['--name-zh', isText(zh)],
    ['--name-en', isText(en)],
    ['--division', formats['division-code']?.(division) === true],
    ['--contact', isText(contact)],
    ['--client', client === undefined || isId(client)],
    ['--service', service === undefined || /^[a-z0-9]+(?:-[a-z0-9]+)*\/v[1-9][0-9]*$/.test(service)],
    ['--private-key', privateKey === undefined || client !== undefined],
    ['--public-key', publicKey === undefined || (client !== undefined && privateKey === undefined)],
  ] as const;
  const [first] = wrong.find(([, right]) => !right) ?? [];
  if (first !== undefined) throw new OperatorError(wrongOption(first));
  const plan = { into, id, name: { zh, en }, division, contact, ...(service === undefined ? {} : { service }) };
  return { plan, client, privateKey, publicKey, language };
}

const isId = (text: string): boolean => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && text.length <= 63;
const isText = (text: string): boolean => /\S/.test(text);

const keyOf = ({ publicKey }: Wish): Promise<ClientKey> =>
  publicKey === undefined ? newClientKey() : readClientKey(publicKey);

/** Never within what is checked in and handed on. */
function privateFileOf({ plan, client, privateKey }: Wish): string {
  const file = privateKey ?? `${plan.id}-${client}.pem`;
  for (const folder of ['config', 'schemas']) {
    const within = resolve(plan.into, folder) + sep;
    if (resolve(file).startsWith(within)) throw new OperatorError(insideConfig(file));
  }
  return file;
}

function stepsOf(plan: DepartmentPlan, keyFile: string | undefined): NextStep[] {
  const { id, into, client, service } = plan;
  const there = into === '.' ? '' : ` ${into}`;
  const variables = variablesOf(plan);
  const key: NextStep[] =
    keyFile === undefined || client === undefined
      ? []
      : [
          {
            text: {
              zh: `把 ${keyFile} 交给 ${id}/${client.id} 并从此处删除；它凭此取得令牌`,
              en: `hand ${keyFile} to ${id}/${client.id} and delete it here; it gets tokens with it`,
            },
            command: `npx stile token ${id}/${client.id} --key ${keyFile}`,
          },
        ];
  const contract: NextStep[] =
    service === undefined
      ? []
      : [
          {
            text: {
              zh: `在 schemas/${id}/${service}/ 写明契约，在 config/departments/${id}.yaml 的 ask 写明如何询问`,
              en: `write the contract in schemas/${id}/${service}/, and how to ask in ask of config/departments/${id}.yaml`,
            },
          },
          {
            text: {
              zh: '设置部门系统的地址与密钥',
              en: "set the address of their system, and the gateway's key for it",
            },
            command: `export ${variables.map(name => `${name}=…`).join(' ')}`,
          },
        ];
  const check = {
    text: { zh: '检查', en: 'check' },
    command: `npx stile check${there}${variables.length > 0 ? ' --resolve' : ''}`,
  };
  return [...key, ...contract, check];
}

const wrongOption = (option: string) => ({
  zh: `${option} 缺失或写法不对；见 stile department --help。`,
  en: `${option} is missing or not right: see stile department --help.`,
});
const noDeployment = (folder: string) => ({
  zh: `${folder} 里没有 config/stile.yaml；请以 --into 指明，或先运行 stile init。`,
  en: `there is no config/stile.yaml in ${folder}: name the folder by --into, or run stile init first.`,
});
const insideConfig = (file: string) => ({
  zh: `私钥不应写入 config 或 schemas：${file}`,
  en: `a private key has no place in config or schemas: ${file}`,
});
