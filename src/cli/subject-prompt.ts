/** Takes a person's number from standard input, where neither the shell's history nor the list of processes has it. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { isUnifiedSocialCreditCode } from '../registry/formats/organisation.js';
import { isResidentIdentityNumber } from '../registry/formats/resident.js';
import type { Language, Text } from '../text.js';
import type { Io } from './io.js';

export interface AskedSubject {
  readonly kind: 'resident' | 'organisation';
  readonly identifier: string;
}

/** The subject that is typed unseen or piped in; null when it is no such number, or none came. */
export async function askSubject(io: Io, language: Language): Promise<AskedSubject | null> {
  const line = io.stdin.isTTY === true ? await typed(io, language) : await piped(io);
  const identifier = line.replace(/\s/g, '').toUpperCase();
  if (isResidentIdentityNumber(identifier)) return { kind: 'resident', identifier };
  return isUnifiedSocialCreditCode(identifier) ? { kind: 'organisation', identifier } : null;
}

async function piped({ stdin, ended }: Io): Promise<string> {
  for await (const line of createInterface({ input: stdin, signal: ended })) return line;
  return '';
}

async function typed({ stdin, stderr, ended }: Io, language: Language): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: unseen, terminal: true });
  const given = new AbortController();
  // In the raw mode that keeps the number unseen, Ctrl-C is the reader's to notice.
  lines.once('SIGINT', () => given.abort());
  lines.once('close', () => given.abort());
  stderr.write(prompt[language]);
  try {
    return await lines.question('', { signal: AbortSignal.any([given.signal, ended]) });
  } catch {
    return '';
  } finally {
    lines.close();
    stderr.write('\n');
  }
}

const prompt: Text = {
  zh: '公民身份号码或统一社会信用代码（不显示）：',
  en: 'Resident identity number or unified social credit code (not shown): ',
};
