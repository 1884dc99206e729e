/** What every refusal must be: the right problem in both languages, a record that says the same, and nobody asked. */
import type { Test as TapTest } from 'tap';
import { type ErrorCode, errors } from '../src/errors.js';
import type { Answer, TestGateway } from './gateway.js';

/**
 * Asserts that an answer is the refusal with this code, and that its record says so.
 *
 * @param about members the record must have beside
 * @returns the record
 */
export async function refusedWith(
  t: TapTest,
  gateway: TestGateway,
  answer: Answer,
  code: ErrorCode,
  about: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const row = errors[code];
  t.equal(answer.status, row.status, `${code}: ${answer.text}`);
  t.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  t.match(answer.body, { code, stage: row.stage, status: row.status, remedy: row.remedy.en, record: answer.record });
  const entry = await gateway.entry(answer.record);
  t.match(entry, { code, stage: row.stage, outcome: row.status >= 500 ? 'failed' : 'refused', ...about });
  return entry;
}
