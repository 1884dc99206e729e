/** `stile init`: the folder of a new deployment, which passes the check as it is. */
import { parseArgs } from 'node:util';
import { OperatorError } from '../operator-error.js';
import { deploymentFiles } from '../scaffold/deployment.js';
import { type Io, printLines, processIo } from './io.js';
import { makeAndTell } from './made-files.js';
import { terminalOf } from './terminal.js';

export const usage = `stile init [DIR] --url URL [--deployment NAME] [--language zh|en]

  DIR           the folder, made where there is none (the current one); a file that is there is never changed
  --url         the address callers know the gateway by, such as https://stile.example; no slash at its end
  --deployment  the deployment's name in the ledger, for ever; the host of --url unless named
  --language    the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides`;

/** @returns 0 when the files are there, 1 when something else is in their place, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { url: { type: 'string' }, deployment: { type: 'string' }, language: { type: 'string' } },
  });
  const { url = '', language } = values;
  const [folder = '.', ...more] = positionals;
  const deployment = values.deployment ?? (URL.canParse(url) ? new URL(url).hostname : '');
  if (more.length > 0 || (language !== undefined && language !== 'zh' && language !== 'en')) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  if (!isAddress(url)) throw new OperatorError(wrongOption('--url'));
  if (!isName(deployment)) throw new OperatorError(wrongOption('--deployment'));
  const terminal = terminalOf(io.stdout, io.environment, language);
  const there = folder === '.' ? '' : ` ${folder}`;
  const into = folder === '.' ? '' : ` --into ${folder}`;
  const steps = [
    {
      text: {
        zh: '在 config/purposes.yaml 写明用途与法律依据',
        en: 'write purposes with their legal basis into config/purposes.yaml',
      },
    },
    {
      text: { zh: '加入一个部门', en: 'add a department' },
      command: `npx stile department new civil-affairs --name-zh 民政局 --name-en 'Civil Affairs Bureau' --division 440300 --contact data@civil-affairs.example${into}`,
    },
    { text: { zh: '检查', en: 'check' }, command: `npx stile check${there}` },
    {
      text: { zh: '复制 .env.example 为 .env，填写后启动', en: 'copy .env.example to .env, fill it in, and start' },
      command: 'npx stile start',
    },
  ];
  makeAndTell(deploymentFiles({ folder, deployment, url }), steps, io, terminal);
  return 0;
}

const isAddress = (url: string): boolean => /^https?:\/\/[^/?#\s]+(?:\/[^/?#\s]+)*$/.test(url);
const isName = (name: string): boolean => /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/.test(name) && name.length <= 200;

const wrongOption = (option: string) => ({
  zh: `${option} 缺失或写法不对；见 stile init --help。`,
  en: `${option} is missing or not right: see stile init --help.`,
});
