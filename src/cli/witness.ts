/** `stile witness`: cosigns the checkpoints of other departments' ledgers, so that no two people can be shown different ones. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { Verifier } from '../ledger/note.js';
import { noteVerifier } from '../ledger/note-key.js';
import { OperatorError } from '../operator-error.js';
import { makeWitnessKey, readWitnessKey, witnessVerifierKey } from '../witness/witness-key.js';
import { witnessServer } from '../witness/witness-server.js';
import { openWitnessState } from '../witness/witness-state.js';

export const usage = `stile witness --key FILE --log VERIFIER-KEY... --listen HOST:PORT --state FOLDER
stile witness --new-key FILE --name NAME

Runs a witness (c2sp.org/tlog-witness) until it is stopped: POST /add-checkpoint cosigns a checkpoint that extends all the
witness saw of its log. docs/ledger.md says how to run one. Behind a proxy, which also speaks TLS.
运行见证者，直至被停止：对可证明为此前所见之延续的检查点副署。运行办法见 docs/ledger.md。

  --key FILE       the witness's own key 见证者的密钥
  --log KEY        the verifier key of a log it witnesses; several may follow 所见证日志的验证密钥，可多个
  --listen         address and port, such as 127.0.0.1:8090 监听地址与端口
  --state FOLDER   what it cosigned last; never put back an older one 上次副署的检查点；不得恢复旧副本
  --new-key FILE   makes a key and prints its verifier key 生成密钥并打印其验证密钥
  --name NAME      the new key's name, such as audit.example/witness 新密钥的名称
`;

const options = {
  key: { type: 'string' },
  log: { type: 'string', multiple: true },
  listen: { type: 'string' },
  state: { type: 'string' },
  'new-key': { type: 'string' },
  name: { type: 'string' },
} as const;

/** @returns the exit code, once it was told to stop */
export async function run(words: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  const { key, log = [], listen, state, name, 'new-key': newKey } = values;
  if (newKey !== undefined && name !== undefined) {
    process.stdout.write(`${witnessVerifierKey(makeWitnessKey(newKey, name))}\n`);
    return 0;
  }
  if (key === undefined || log.length === 0 || listen === undefined || state === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  await serve(key, logsOf([...log, ...positionals]), addressOf(listen), state);
  return 0;
}

async function serve(
  keyFile: string,
  logs: ReadonlyMap<string, readonly Verifier[]>,
  address: { readonly host: string; readonly port: number },
  folder: string,
): Promise<void> {
  const stopped = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const key = readWitnessKey(keyFile);
  const state = openWitnessState(folder);
  try {
    const logger = pino({}, pino.destination({ dest: 2, sync: true }));
    const server = witnessServer({ key, logs, state, now: Date.now }, logger);
    server.listen(address);
    await once(server, 'listening').catch((cause: Error) => {
      throw new OperatorError(
        { zh: `无法监听：${cause.message}`, en: `It cannot listen: ${cause.message}` },
        { cause },
      );
    });
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${witnessVerifierKey(key)}\n${address.host}:${port}\n`);
    await stopped;
    server.close();
    server.closeAllConnections();
  } finally {
    state.close();
  }
}

function logsOf(verifierKeys: readonly string[]): ReadonlyMap<string, readonly Verifier[]> {
  const logs = new Map<string, readonly Verifier[]>();
  for (const text of verifierKeys) {
    try {
      const verifier = noteVerifier(text);
      const others = (logs.get(verifier.name) ?? []).filter(({ id }) => id !== verifier.id);
      logs.set(verifier.name, [...others, verifier]);
    } catch (cause) {
      const { message } = cause as Error;
      throw new OperatorError(
        { zh: `--log 的值不对：${message}`, en: `A value of --log is wrong: ${message}` },
        { cause },
      );
    }
  }
  return logs;
}

function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const [, host = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  const port = Number(digits);
  if (host !== '' && port <= 65_535) return { host: host.replace(/^\[(.*)\]$/, '$1'), port };
  throw new OperatorError({
    zh: `--listen 应为“地址:端口”，如 127.0.0.1:8090。`,
    en: '--listen should be HOST:PORT, such as 127.0.0.1:8090.',
  });
}
