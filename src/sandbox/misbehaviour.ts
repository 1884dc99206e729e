/** The ways in which a sample department's system misbehaves when a test tells it to. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** What an answer's content may suffer; each department knows what that means in its own format. */
export const contentFault = {
  /** A field that must be there is not. */
  missingField: 'missing-field',
  /** A code that is in no list. */
  wrongCode: 'wrong-code',
  /** The answer is about somebody else. */
  anotherPerson: 'another-person',
  /** Bytes that are no character of the encoding. */
  invalidEncoding: 'invalid-encoding',
  /** Neither JSON nor XML. */
  invalidSyntax: 'invalid-syntax',
  /** One field twice. */
  duplicateKeys: 'duplicate-keys',
  /** JSON nested, or XML entities expanded, beyond measure. */
  explosive: 'explosive',
} as const;
export type ContentFault = (typeof contentFault)[keyof typeof contentFault];

const plainFaults = [
  /** Accepts no connection. */
  'down',
  /** Acts, and never answers. */
  'hang',
  /** Acts, and drops the connection before a byte is sent. */
  'reset',
  /** Drops the connection in the middle of the answer. */
  'reset-mid-body',
  /** Says the answer is HTML. */
  'wrong-content-type',
  /** A megabyte that unpacks to a gigabyte. */
  'gzip-bomb',
  /** An answer that never ends. */
  'endless-body',
] as const;

export type Misbehaviour = (
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Answers this status, and does not act. */
  | { readonly kind: 'status'; readonly status: number }
  /** Answers 302, and does not act. */
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: (typeof plainFaults)[number] | ContentFault }
) & {
  /** How often; absent: until told otherwise. */
  readonly times?: number;
  /** Only when asked about this resident. */
  readonly about?: string;
};

const kinds: ReadonlySet<unknown> = new Set([
  'slow',
  'status',
  'redirect',
  ...plainFaults,
  ...Object.values(contentFault),
]);

/** Whether a parsed JSON value, from outside the process, is a misbehaviour. */
export function isMisbehaviour(value: unknown): value is Misbehaviour {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !kinds.has(value.kind)) return false;
  if (value.kind === 'slow') return 'milliseconds' in value && typeof value.milliseconds === 'number';
  if (value.kind === 'status') return 'status' in value && Number.isInteger(value.status);
  return value.kind !== 'redirect' || ('to' in value && typeof value.to === 'string');
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Sends an answer as it is. */
export function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, ['content-type', answer.contentType, 'content-length', String(answer.body.length)]);
  response.end(answer.body);
}

const bombMember = 16 * 1024 * 1024;
const bombMembers = 64;
/** A gzip stream may have many members (RFC 1952, section 2.2): one is packed, and repeated. */
const bomb = (): Buffer =>
  Buffer.concat(Array<Buffer>(bombMembers).fill(gzipSync(Buffer.alloc(bombMember, ' '), { level: 9 })));

function sendEndless(response: ServerResponse, contentType: string): void {
  response.writeHead(200, ['content-type', contentType]);
  const chunk = Buffer.alloc(65_536, ' ');
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', write);
  write();
}

/**
 * Answers in the way a test asked for.
 *
 * @param answer acts and gives the true answer
 * @param spoil applies a fault to the content of a true answer
 */
export function misbehave(
  response: ServerResponse,
  misbehaviour: Misbehaviour,
  answer: () => Answer,
  spoil: (answer: Answer, fault: ContentFault) => Answer,
): void {
  switch (misbehaviour.kind) {
    case 'slow': {
      const timer = setTimeout(() => send(response, answer()), misbehaviour.milliseconds);
      response.on('close', () => clearTimeout(timer));
      return;
    }
    case 'status':
      response.writeHead(misbehaviour.status, { 'content-type': 'text/plain' });
      response.end('out of order');
      return;
    case 'redirect':
      response.writeHead(302, { location: misbehaviour.to });
      response.end();
      return;
  }
  const found = answer();
  switch (misbehaviour.kind) {
    case 'down':
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      return;
    case 'reset-mid-body': {
      const { status, contentType, body } = found;
      response.writeHead(status, ['content-type', contentType, 'content-length', String(body.length)]);
      response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy());
      return;
    }
    case 'wrong-content-type':
      send(response, { ...found, contentType: 'text/html; charset=utf-8' });
      return;
    case 'gzip-bomb':
      response.writeHead(200, { 'content-type': found.contentType, 'content-encoding': 'gzip' });
      response.end(bomb());
      return;
    case 'endless-body':
      sendEndless(response, found.contentType);
      return;
    default:
      send(response, spoil(found, misbehaviour.kind));
  }
}
