/** One operation of the API description that takes a staff token: who may, what is sent, what is answered and refused. */
import type { ErrorCode } from '../../errors.js';
import type { Language, Text } from '../../text.js';
import { problemResponses } from './problems.js';
import type { Json } from './schema.js';

/** The tag of these operations. */
export const staffTag = 'staff';

const body: readonly ErrorCode[] = [
  'STILE_MEDIA_TYPE',
  'STILE_BODY_TOO_LARGE',
  'STILE_BODY_NOT_JSON',
  'STILE_BODY_TOO_DEEP',
  'STILE_BODY_DUPLICATE_KEY',
  'STILE_BODY_FORBIDDEN_KEY',
  'STILE_BODY_NUMBER_RANGE',
];
const caller: readonly ErrorCode[] = [
  'STILE_TOKEN_MISSING',
  'STILE_TOKEN_INVALID',
  'STILE_TOKEN_EXPIRED',
  'STILE_ROLE_REQUIRED',
];
const end: readonly ErrorCode[] = ['STILE_RECORD_UNAVAILABLE', 'STILE_FAULT'];

/** A staff's operation, without what they have in common. */
export interface StaffOperation {
  readonly id: string;
  readonly summary: Text;
  readonly roles: readonly string[];
  readonly codes: readonly ErrorCode[];
  readonly parameters?: readonly string[];
  readonly query?: readonly QueryParameter[];
  readonly request?: Json;
  /** A body that is no JSON: its media types. */
  readonly file?: readonly string[];
  readonly reply: Json;
  readonly replyType?: string;
}

export interface QueryParameter {
  readonly name: string;
  readonly required: boolean;
  readonly description: Text;
}

/** Its operation object (OpenAPI 3.1, section 4.8.10). */
export const staffOperation = (
  {
    id,
    summary,
    roles,
    codes,
    parameters = [],
    query = [],
    request,
    file,
    reply,
    replyType = 'application/json',
  }: StaffOperation,
  language: Language,
): Json => ({
  tags: [staffTag],
  operationId: id,
  summary: summary[language],
  security: [{ staff: [] }],
  'x-stile-roles': roles,
  ...(parameters.length + query.length === 0
    ? {}
    : {
        parameters: [
          ...parameters.map(name => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
          ...query.map(({ description, ...each }) => ({
            ...each,
            in: 'query',
            description: description[language],
            schema: { type: 'string' },
          })),
        ],
      }),
  ...(request === undefined
    ? {}
    : { requestBody: { required: true, content: { 'application/json': { schema: request } } } }),
  ...(file === undefined
    ? {}
    : { requestBody: { required: true, content: Object.fromEntries(file.map(type => [type, {}])) } }),
  responses: {
    200: {
      description: summary[language],
      headers: { 'Stile-Record': { $ref: '#/components/headers/Stile-Record' } },
      content: { [replyType]: { schema: reply } },
    },
    ...problemResponses([...(request === undefined ? [] : body), ...caller, ...codes, ...end], language),
  },
});
