/** Asks the public security bureau's household register: XML in GB 18030, behind the signed headers of its data-sharing platform. */
import { createHmac } from 'node:crypto';
import type { PublicSecurityHouseholdService } from '../schemas/stile/adapters/public-security-household-service.js';
import serviceSchema from '../schemas/stile/adapters/public-security-household-service.json' with { type: 'json' };
import type { PublicSecurityHouseholdSettings } from '../schemas/stile/adapters/public-security-household-settings.js';
import settingsSchema from '../schemas/stile/adapters/public-security-household-settings.json' with { type: 'json' };
import {
  type Adapter,
  type AdapterContext,
  type AdapterModule,
  type Answer,
  type Call,
  type Failure,
  failure,
  type JsonObject,
} from './adapter.js';
import { decode } from './content-coding.js';
import type { WireReply } from './flight.js';
import { encodeXml, isXml, mediaType, xmlReader } from './gb18030-xml.js';
import { failureOfStatus, isPassing } from './http-status.js';
import { compileMapping } from './mapping.js';
import { direction } from './mapping-scope.js';
import { retrying } from './retry.js';
import { prefixOf, probeLimits, Transport } from './transport.js';
import { escapeText } from './xml-text.js';

export const adapter: AdapterModule = {
  kind: 'public-security-household',
  settingsSchema,
  serviceSchema,
  // By the sharing platform's signature.
  isWeaklySigned: () => true,
  open: (settings, context) =>
    new PublicSecurityHousehold(settings as unknown as PublicSecurityHouseholdSettings, context),
};

const path = '/household/query';
const reader = xmlReader(new Set(['ry']));

/** What the register answers with, by its code. */
const answered = '0000';
const unknownPerson = 'E2001';

/** GB/T 4761, and 98 for a member of a collective household. */
const relations = {
  '02': 'head',
  '10': 'spouse',
  '20': 'son',
  '30': 'daughter',
  '40': 'grandchild',
  '50': 'parent',
  '60': 'grandparent',
  '70': 'sibling',
  '97': 'other',
  '98': 'member',
};

/** `as: text` also refuses an element that occurs twice. */
const text = (from: string) => ({ from, as: 'text' as const });

const mapReply = compileMapping(
  {
    fields: {
      residentId: text('body.hu.cxr'),
      householdNumber: text('body.hu.hh'),
      address: text('body.hu.zz'),
      division: text('body.hu.xzqh'),
      kind: { from: 'body.hu.hlx', codes: { '1': 'family', '2': 'collective' } },
      members: {
        from: 'body.hu.rylb.ry',
        each: {
          fields: {
            residentId: text('gmsfhm'),
            name: text('xm'),
            relation: { from: 'yhzgx', codes: relations },
            sex: { from: 'xb', codes: { '1': 'male', '2': 'female' }, optional: true, none: [''] },
            birthDate: { from: 'csrq', date: 'YYYYMMDD' },
            moveInDate: { from: 'qrrq', date: 'YYYYMMDD', optional: true, none: [''] },
          },
        },
      },
    },
  },
  scope(),
  '',
);

const mapHead = compileMapping(
  {
    fields: {
      code: text('head.code'),
      requestId: text('head.rid'),
      asOf: { from: 'head.gxsj', time: 'YYYYMMDDHHmmss', optional: true, none: [''] },
    },
  },
  scope(),
  '',
);

function scope() {
  return {
    direction: direction.toContract,
    codes: {},
    utcOffset: '+08:00',
    report(pointer: string, fault: unknown): void {
      throw new Error(`${fault} at ${pointer}`);
    },
  };
}

class PublicSecurityHousehold implements Adapter {
  readonly #settings: PublicSecurityHouseholdSettings;
  readonly #transport: Transport;
  readonly #path: string;

  constructor(settings: PublicSecurityHouseholdSettings, { logger, concurrency, findAddresses }: AdapterContext) {
    this.#settings = settings;
    this.#transport = new Transport({ ...settings, connections: concurrency }, logger, findAddresses);
    this.#path = prefixOf(settings.baseUrl) + path;
  }

  async ask(request: JsonObject, call: Call): Promise<Answer | Failure> {
    const { serviceId } = call.ask as unknown as PublicSecurityHouseholdService;
    const body = encodeXml(`<request><gmsfhm>${escapeText(String(request.residentId))}</gmsfhm></request>`);
    const reply = await retrying(
      // Signed anew each time: the register refuses a signature it has seen.
      time =>
        this.#transport.send(
          { method: 'POST', path: this.#path, headers: this.#headers(serviceId, call), body },
          { time, bytes: call.replyLimit },
        ),
      call.deadline,
      call.retries,
      isPassing,
    );
    if ('failure' in reply) return reply;
    if (reply.status !== 200) return failureOfStatus(reply.status);
    const decoded = await decode(reply.body, reply.headers['content-encoding'], call.replyLimit);
    if ('failure' in decoded) return decoded;
    return readAnswer({ ...reply, body: decoded }, call);
  }

  async probe(signal: AbortSignal): Promise<Failure | null> {
    const reply = await this.#transport.send(
      { method: 'GET', path: this.#path, headers: [] },
      { ...probeLimits, signal },
    );
    return 'failure' in reply ? reply : null;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #headers(serviceId: string, { requestId, traceparent }: Call): string[] {
    const time = String(Date.now());
    const sign = createHmac('sha256', this.#settings.secret)
      .update(serviceId + requestId + time)
      .digest('base64');
    return [
      ...['accept', 'text/xml', 'accept-encoding', 'identity', 'content-type', mediaType],
      ...['gjgxjhpt_rid', requestId, 'gjgxjhpt_sid', serviceId, 'gjgxjhpt_rtime', time, 'gjgxjhpt_sign', sign],
      ...['traceparent', traceparent],
    ];
  }
}

function readAnswer({ headers, body }: WireReply, { depthLimit, requestId }: Call): Answer | Failure {
  if (!isXml(headers['content-type'])) return malformed('body: content type');
  const read = reader(body, depthLimit);
  if ('fault' in read) return malformed(`body: ${read.fault}`);
  const { response } = read.value as { response?: unknown };
  const head = mapHead(response);
  if ('fault' in head) return malformed(`head: ${head.fault}`);
  const { code, requestId: told, asOf } = head.value as { code: string; requestId: string; asOf?: string };
  if (told !== requestId) return malformed('head: it answers another question');
  if (code === unknownPerson)
    return { failure: failure.rejected, detail: `code ${unknownPerson}: nobody of that number`, notActed: true };
  if (code !== answered) return { failure: failure.failing, detail: 'by its result code' };
  const reply = mapReply(response);
  if ('fault' in reply) return malformed(reply.fault);
  return asOf === undefined ? { body: reply.value } : { body: reply.value, asOf };
}

const malformed = (detail: string): Failure => ({ failure: failure.malformed, detail });
