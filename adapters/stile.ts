/** Asks another Stile gateway, of another region or tier, so that its record and this gateway's name each other. */
import { createHash } from 'node:crypto';
import type { StileService } from '../schemas/stile/adapters/stile-service.js';
import serviceSchema from '../schemas/stile/adapters/stile-service.json' with { type: 'json' };
import type { StileSettings } from '../schemas/stile/adapters/stile-settings.js';
import settingsSchema from '../schemas/stile/adapters/stile-settings.json' with { type: 'json' };
import type { Adapter, AdapterContext, AdapterModule, Call, Origin } from './adapter.js';
import { isPassing } from './http-status.js';
import { retrying } from './retry.js';
import { type Message, Sender, type SenderSettings } from './sender.js';
import { isProblem, readAnswer } from './stile-answer.js';
import { prefixOf } from './transport.js';

export const adapter: AdapterModule = {
  kind: 'stile',
  settingsSchema,
  serviceSchema,
  namesIntent: true,
  open: (settings, context) => openStile(settings as unknown as StileSettings, context),
};

function openStile(settings: StileSettings, context: AdapterContext): Adapter {
  const sender = new Sender(senderSettings(settings), context);
  const prefix = prefixOf(settings.baseUrl);
  const { deployment } = settings;
  return {
    async ask(request, call) {
      const { service } = call.ask as unknown as StileService;
      const message: Message = {
        method: 'POST',
        path: `${prefix}/exchange/${service}`,
        headers: headersOf(call, settings, context.deployment),
        body: JSON.stringify(request),
      };
      const reply = await retrying(
        time => sender.send(message, { time, bytes: call.replyLimit }),
        call.deadline,
        call.retries,
        // What the peer itself answers is on its record; only what stands before it is worth another try.
        wire => isPassing(wire) && !isProblem(wire),
      );
      return 'failure' in reply ? reply : readAnswer(reply, deployment, call.depthLimit, context.readJson);
    },
    probe: signal => sender.probe(signal),
    close: () => sender.close(),
  };
}

/** As any OAuth client of it. */
function senderSettings(settings: StileSettings): SenderSettings {
  const { baseUrl, issuer = baseUrl, clientId, privateKey, keyId } = settings;
  const base = baseUrl.replace(/\/$/, '');
  const privateKeyJwt = { key: privateKey, audience: issuer.replace(/\/$/, ''), ...(keyId && { keyId }) };
  return {
    ...settings,
    authentication: { oauth2: { tokenUrl: `${base}/oauth2/token`, clientId, privateKeyJwt } },
    probe: { path: '/health/ready' },
  };
}

function headersOf(call: Call, { purposes = {}, clientId }: StileSettings, deployment: string): string[] {
  const { origin, purpose } = call;
  if (origin === undefined) throw new Error('a gateway asks another only under a durable intent');
  const headers = [
    ...['accept', 'application/json', 'accept-encoding', 'identity', 'content-type', 'application/json'],
    ...['stile-purpose', Object.hasOwn(purposes, purpose) ? (purposes[purpose] ?? purpose) : purpose],
    ...['stile-on-behalf-of', origin.client, 'stile-via', [...origin.via, deployment].join(', ')],
    ...['stile-record', origin.record, 'x-request-id', call.requestId, 'traceparent', call.traceparent],
  ];
  if (call.case !== undefined) headers.push('stile-case', utf8(call.case));
  if (call.operator !== undefined) headers.push('stile-operator', utf8(call.operator));
  if (!call.safe) headers.push('idempotency-key', repeatKey(origin, call.service, deployment, clientId));
  return headers;
}

/** Node writes each character as one byte; the gateway's own headers are UTF-8. */
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/**
 * The same for the same key of the same client, whichever exchange it comes with: however often this gateway is asked, or
 * forgets that it was, the peer acts once.
 */
function repeatKey({ client, idempotencyKey = '' }: Origin, service: string, ...gateways: readonly string[]): string {
  const parts = JSON.stringify([...gateways, client, service, idempotencyKey]);
  return createHash('sha256').update(parts).digest('base64url');
}
