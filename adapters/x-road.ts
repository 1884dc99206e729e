/** Asks departments' services behind X-Road security servers: HTTP and JSON in X-Road's message protocol for REST (PR-REST). */
import type { HttpService } from '../schemas/stile/adapters/http-service.js';
import type { XRoadService } from '../schemas/stile/adapters/x-road-service.js';
import serviceSchema from '../schemas/stile/adapters/x-road-service.json' with { type: 'json' };
import type { XRoadSettings } from '../schemas/stile/adapters/x-road-settings.js';
import settingsSchema from '../schemas/stile/adapters/x-road-settings.json' with { type: 'json' };
import type { AdapterModule, Call } from './adapter.js';
import { headerText } from './call-headers.js';
import { checkService, type Envelope, HttpAdapter } from './http.js';
import { namedFields } from './mapping-fields.js';
import { encodeIdentifier, identifierOf } from './x-road-identifier.js';
import { compileRefusal } from './x-road-reply.js';

export const adapter: AdapterModule = {
  kind: 'x-road',
  settingsSchema,
  serviceSchema,
  check: (settings, ask) => checkService(settings, httpService(ask as unknown as XRoadService, [])),
  names: ask => namedFields(ask as unknown as XRoadService),
  open(settings, context) {
    const known = settings as unknown as XRoadSettings;
    return new HttpAdapter(known, context, ask => {
      const service = ask as unknown as XRoadService;
      const serviceId = [...identifierOf(known.provider), service.serviceCode];
      return { service: httpService(service, serviceId), envelope: compileEnvelope(known, serviceId, context.logger) };
    });
  },
};

/** PR-REST, section 4.1: the protocol's version and the service's identifier go before its own path. */
const httpService = ({ path = '', ...service }: XRoadService, serviceId: readonly string[]): HttpService => ({
  ...service,
  path: `/r1/${encodeIdentifier(serviceId)}${path}`,
});

/** The message's id: unique as X-Road wants it, and found from the record by whoever has one of the two. */
const messageId = ({ requestId }: Call, attempt: number): string => `${requestId}.${attempt}`;

function compileEnvelope(
  settings: XRoadSettings,
  serviceId: readonly string[],
  logger: Parameters<AdapterModule['open']>[1]['logger'],
): Envelope {
  const { representedParty, userIdCountry = '' } = settings;
  const client = identifierOf(settings.client);
  const fixed = [
    ...['x-road-client', encodeIdentifier(client)],
    ...(representedParty === undefined
      ? []
      : ['x-road-represented-party', encodeIdentifier(identifierOf(representedParty))]),
  ];
  const refusal = compileRefusal(client, serviceId);
  return {
    headers(call, attempt) {
      const headers = [...fixed, 'x-road-id', messageId(call, attempt)];
      if (call.operator !== undefined) headers.push('x-road-userid', headerText(userIdCountry + call.operator));
      if (call.case !== undefined) headers.push('x-road-issue', headerText(call.case));
      return headers;
    },
    refusal(reply, call, attempt) {
      const id = messageId(call, attempt);
      const found = refusal(reply, id);
      if (found !== undefined || reply.status >= 500) return found;
      const { 'x-road-request-id': requestId, 'x-road-request-hash': requestHash } = reply.headers;
      logger.info({ id: call.requestId, xRoad: { id, requestId, requestHash } }, 'answered over X-Road');
      return undefined;
    },
  };
}
