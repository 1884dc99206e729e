/** What the audit command's tests share: a terminal that remembers, and a gateway with something in its ledger. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Io } from '../../src/cli/io.js';
import { positionText } from '../../src/ledger/ledger.js';
import { draftOf } from '../ledger/open-store.js';
import { type AuditGateway, auditGateway, type Controls } from '../routes/audit-gateway.js';

/** Made up; the check digit is right (GB 11643). */
export const li = '440300199003070012';

export interface Console extends Io {
  out(): string;
  err(): string;
  /** Resolves once the output holds the text. */
  shows(text: string): Promise<void>;
  end(): void;
}

/** A terminal of that width, or, without one, what a pipe or a file gets. */
export function terminalLike(
  environment: Io['environment'],
  columns?: number,
  typed?: string,
  keyboard = false,
): Console {
  const stream = () => Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const [stdout, stderr] = [stream(), stream()];
  const stdin = Object.assign(new PassThrough(), keyboard ? { isTTY: true, setRawMode: () => stdin } : {});
  if (typed !== undefined) stdin.end(typed);
  const texts = new Map<PassThrough, string>([
    [stdout, ''],
    [stderr, ''],
  ]);
  for (const each of [stdout, stderr]) {
    each.setEncoding('utf8').on('data', (chunk: string) => texts.set(each, (texts.get(each) ?? '') + chunk));
  }
  const controller = new AbortController();
  const text = (of: PassThrough) => texts.get(of) ?? '';
  return {
    stdin,
    stdout,
    stderr,
    environment: { NO_COLOR: '1', ...environment },
    ended: controller.signal,
    out: () => text(stdout),
    err: () => text(stderr),
    async shows(wanted) {
      while (!text(stdout).includes(wanted) && !text(stderr).includes(wanted)) {
        await Promise.race([once(stdout, 'data'), once(stderr, 'data')]);
      }
    },
    end: () => controller.abort(),
  };
}

/** The lines of an output. */
export const lines = (text: string): string[] => text.split('\n').slice(0, -1);

/** Three exchanges are in its ledger: one released, one refused, and one that failed and is about nobody. */
export async function filled(t: Parameters<typeof auditGateway>[0], controls: Controls = {}) {
  const gateway = await auditGateway(t, controls);
  const append = async (
    members: object = {},
    subjects = [{ kind: 'resident', identifier: li, role: 'asked' as const }],
  ) => positionText(await gateway.ledger.append(draftOf({ subjects }, { ...members })));
  const released = await append({ case: '深住〔2026〕7号', operator: { id: 'W0231', assurance: 'asserted' } });
  const refused = await append({ outcome: 'refused', code: 'STILE_AGREEMENT_SUSPENDED' });
  const failed = await append({ outcome: 'failed', code: 'STILE_DEPARTMENT_TIMEOUT' }, []);
  return { gateway, append, released, refused, failed };
}

/** The environment that leads a command to the gateway. */
export const at = ({ url }: AuditGateway, more: Io['environment'] = {}): Io['environment'] => ({
  STILE_URL: url,
  ...more,
});
