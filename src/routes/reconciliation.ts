/** The route through which security staff and auditors hold a department's own list of requests against the ledger. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { Reconciliation } from '../../schemas/stile/reconciliation.js';
import type { ReconciliationFinding } from '../../schemas/stile/reconciliation-finding.js';
import { requireRole } from '../identity/identify.js';
import { type Principal, role } from '../identity/principal.js';
import { entryKind, LedgerError, positionText } from '../ledger/ledger.js';
import { isFailure, type SearchFailure, searchFault } from '../ledger/search-pool.js';
import { type Exit, isExit } from '../problem.js';
import { randomId } from '../random.js';
import { type Reconciled, reconcile } from '../reconciliation/reconcile.js';
import type { Registry } from '../registry/registry.js';
import { type List, listLimit, listTypes, readList } from './list-body.js';
import { endOf, type Recorder, whoIs } from './look.js';
import { sendProblem } from './problem.js';
import { type Scope, scopeOf } from './reconciliation-scope.js';

export interface ReconciliationRoutes extends Recorder {
  /** As `openSearchPool` opens it. */
  readonly searches: Pool;
  readonly registry: () => Registry;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
}

/** Characters of an answer that are sent together. */
const piece = 16_384;

const readers = [role.security, role.auditor];

interface Compared {
  readonly scope: Scope;
  readonly list: List;
  readonly reconciled: Reconciled;
}

/** Registers the route in a scope of its own: a list is read as it comes, and never held. */
export async function reconciliationRoutes(scope: FastifyInstance, options: ReconciliationRoutes): Promise<void> {
  /** One at a time: a list of a million ids takes 50 MB, and the searches have few connections. */
  let isBusy = false;

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const principal = options.identify(request.headers.authorization);
    const staff = isExit(principal) ? principal : requireRole(principal, readers);
    const asked = isExit(staff) ? staff : scopeOf(request.query, options.registry(), options.now());
    if (isExit(asked)) return end(asked, principal, request, reply);
    if (isBusy) return end({ code: 'STILE_RECONCILIATION_BUSY', retryAfter: 5 }, principal, request, reply);
    isBusy = true;
    reply.raw.once('close', () => {
      isBusy = false;
    });
    return end(await compare(asked, request), principal, request, reply, asked);
  }

  async function compare(asked: Scope, request: FastifyRequest): Promise<Compared | Exit> {
    const list = await readList(asked.column, request);
    if (isExit(list)) return list;
    const reconciled = await reconcile(list.ids, asked, options.searches);
    if (isFailure(reconciled)) return exitOf(reconciled, request);
    return { scope: asked, list, reconciled };
  }

  /** Records what was compared, or why it was not, and only then answers. */
  async function end(
    compared: Compared | Exit,
    principal: Principal | Exit,
    request: FastifyRequest,
    reply: FastifyReply,
    asked?: Scope,
  ): Promise<FastifyReply> {
    const exit = isExit(compared) ? compared : undefined;
    const entry = {
      kind: entryKind.reconciliation,
      id: randomId(),
      ...endOf(exit),
      ...whoIs(principal),
      source: request.ip,
      ...(asked && { service: asked.service, provider: asked.service.split('/')[0], ...timesOf(asked) }),
      ...(isExit(compared) ? {} : { counts: compared.reconciled.counts, list: digestOf(compared.list) }),
    };
    const record = await recordOf(options, entry, request);
    if (isExit(record)) return sendProblem(record, request, reply);
    if (record !== undefined) reply.header('stile-record', record);
    if (isExit(compared)) return sendProblem(compared, request, reply, record);
    if (record === undefined) throw new Error('a reconciliation was not recorded');
    return reply
      .headers({ 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' })
      .send(Readable.from(linesOf(compared, record, request)));
  }

  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser([...listTypes], (_request, _payload, done) => done(null));
  scope.post('/audit/reconciliations', {
    bodyLimit: listLimit,
    handler: answer,
    errorHandler(error, request, reply) {
      const principal = options.identify(request.headers.authorization);
      const code = errorCodes[error.statusCode ?? 500];
      if (code === undefined) request.log.error({ err: error }, 'a reconciliation is at fault');
      return end({ code: code ?? 'STILE_FAULT' }, principal, request, reply);
    },
  });
}

/** What Fastify itself finds wrong with a request. */
const errorCodes: Readonly<Record<number, Exit['code']>> = {
  413: 'STILE_BODY_TOO_LARGE',
  415: 'STILE_LIST_TYPE',
};

async function recordOf(
  { record }: Recorder,
  entry: Parameters<Recorder['record']>[0]['entry'],
  request: FastifyRequest,
): Promise<string | undefined | Exit> {
  try {
    const position = await record({ entry }, request.ip);
    return position && positionText(position);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    request.log.error({ err: error }, 'a look at the ledger could not be recorded; nothing was shown');
    return { code: 'STILE_RECORD_UNAVAILABLE', retryAfter: 1 };
  }
}

async function* linesOf({ scope, list, reconciled }: Compared, record: string, request: FastifyRequest) {
  const head: Reconciliation = {
    record,
    service: scope.service,
    ...timesOf(scope),
    counts: reconciled.counts,
    list: digestOf(list),
  };
  let lines = `${JSON.stringify(head)}\n`;
  for await (const found of reconciled.findings()) {
    if (isFailure(found)) {
      exitOf(found, request);
      // The answer breaks off: fewer lines than its counts say must not look like all.
      throw new Error('the store did not answer all of a reconciliation', { cause: found.cause });
    }
    lines += `${JSON.stringify(found satisfies ReconciliationFinding)}\n`;
    if (lines.length < piece) continue;
    yield lines;
    lines = '';
  }
  yield lines;
}

const digestOf = ({ digest, bytes }: List) => ({ digest, bytes });

const timesOf = ({ from, until }: Scope) => ({
  ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
  until: new Date(until).toISOString(),
});

function exitOf({ fault, cause }: SearchFailure, request: FastifyRequest): Exit {
  if (fault === searchFault.tooWide) return { code: 'STILE_SEARCH_TOO_WIDE' };
  request.log.error({ err: cause }, 'the store did not answer a search');
  return { code: 'STILE_SEARCH_UNAVAILABLE', retryAfter: 1 };
}
