/** Reads what another Stile gateway answers: held against its digest, with the record it made; or what its refusal means. */
import { createHash } from 'node:crypto';
import {
  type AdapterContext,
  type Answer,
  type Failure,
  type FailureKind,
  failure,
  type PeerRecord,
} from './adapter.js';
import type { WireReply } from './flight.js';
import { failureOfStatus } from './http-status.js';
import { malformed } from './reading.js';

type ReadJson = AdapterContext['readJson'];

const problemDepth = 8;
const positionForm = /^(?:0|[1-9]\d{0,9})\/(?:0|[1-9]\d{0,15})$/;
/** RFC 3339, as the peer had it from its department. */
const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Whether it is the peer that refuses, and not what stands before it. */
export const isProblem = ({ headers }: WireReply): boolean =>
  /^application\/problem\+json\b/i.test(headers['content-type'] ?? '');

/** @param deployment the peer's: nobody else's answer counts */
export function readAnswer(
  reply: WireReply,
  deployment: string,
  depthLimit: number,
  readJson: ReadJson,
): Answer | Failure {
  const { status, headers, body } = reply;
  if (status !== 200) return isProblem(reply) ? readProblem(reply, deployment, readJson) : failureOfStatus(status);
  const peer = recordIn(reply, deployment);
  if (peer === undefined) return malformed('no record of this peer');
  const blame = (detail: string): Failure => ({ ...malformed(detail), peer });
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return blame('content type');
  if (!isDigest(headers['content-digest'], body)) return blame('Content-Digest');
  const asOf = headers['stile-as-of'];
  const isTime = typeof asOf === 'string' && timeForm.test(asOf) && !Number.isNaN(Date.parse(asOf));
  if (asOf !== undefined && !isTime) return blame('Stile-As-Of');
  const read = readJson(body, depthLimit);
  if ('fault' in read) return blame(`body: ${read.fault}`);
  return isTime ? { body: read.value, asOf, peer } : { body: read.value, peer };
}

/** The record that the peer says it made, under its own name. */
function recordIn({ headers }: WireReply, deployment: string): PeerRecord | undefined {
  const record = headers['stile-record'];
  const isOwn = headers['stile-deployment'] === deployment;
  return isOwn && typeof record === 'string' && positionForm.test(record) ? { deployment, record } : undefined;
}

/** RFC 9530, section 2: one of the digests must be SHA-256, and this body's. */
function isDigest(header: string | string[] | undefined, body: Buffer): boolean {
  const [, found] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)/.exec(String(header ?? '')) ?? [];
  return found === createHash('sha256').update(body).digest('base64');
}

/** What codes mean that their status does not tell, each by how it begins. */
const meanings: readonly (readonly [code: string, kind: FailureKind])[] = [
  ['STILE_DEPARTMENT_TIMEOUT', failure.timeout],
  ['STILE_DEPARTMENT_UNREACHABLE', failure.unreachable],
  ['STILE_DEPARTMENT_CUT_OFF', failure.cutOff],
  ['STILE_DEPARTMENT_MALFORMED', failure.malformed],
  ['STILE_DEPARTMENT_TOO_LARGE', failure.tooLarge],
  ['STILE_DEPARTMENT_REJECTED', failure.rejected],
  ['STILE_DEPARTMENT_DENIED', failure.denied],
  ['STILE_DEPARTMENT_BUSY', failure.busy],
  ['STILE_DEPARTMENT_PAUSED', failure.busy],
  ['STILE_REPLY_', failure.malformed],
];

/** Codes under which an earlier question with the same key may have been acted on. */
const mayHaveActed = /^STILE_REPEAT_(?:UNANSWERED|CHANGED|MISMATCH)$/;

function readProblem(reply: WireReply, deployment: string, readJson: ReadJson): Failure {
  const { status, headers, body } = reply;
  const read = readJson(body, problemDepth);
  const code = codeIn('value' in read ? read.value : undefined);
  if (status < 400 || code === undefined) return failureOfStatus(status);
  const known = meanings.find(([start]) => code.startsWith(start))?.[1];
  const peer = recordIn(reply, deployment);
  // Who has not made out who asks says nothing of the outcome, and has done nothing.
  const outcome = headers['stile-outcome'];
  const isNone = outcome === undefined ? status < 500 : outcome === 'refused' || outcome === 'failed';
  const notActed = (isNone && !mayHaveActed.test(code)) || code === 'STILE_OVERLOADED';
  return {
    failure: known ?? failureOfStatus(status).failure,
    detail: `status ${status} ${code}`,
    ...(notActed ? { notActed } : {}),
    ...(known === undefined ? {} : { behind: true }),
    ...(peer === undefined ? {} : { peer }),
  };
}

function codeIn(problem: unknown): string | undefined {
  const { code } = (typeof problem === 'object' && problem !== null ? problem : {}) as { readonly code?: unknown };
  return typeof code === 'string' && /^STILE_[A-Z_]{1,60}$/.test(code) ? code : undefined;
}
