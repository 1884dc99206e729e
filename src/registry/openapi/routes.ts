/** The paths of the API description that are the same in every deployment: tokens, explanations, health, the description itself. */
import type { Language, Text } from '../../text.js';
import type { Registry } from '../registry.js';
import type { Deployment } from './deployment.js';
import { codesOf, problemResponses } from './problems.js';
import type { Json } from './schema.js';

/** The tag of everything that is no service. */
export const gatewayTag = 'gateway';

const json = (schema: Json): Json => ({ content: { 'application/json': { schema } } });

/** What an operation without a body and with one plain answer looks like. */
function plainGet(operationId: string, summary: Text, answer: Text, media: string, language: Language): Json {
  return {
    get: {
      tags: [gatewayTag],
      operationId,
      summary: summary[language],
      security: [],
      responses: { 200: { description: answer[language], content: { [media]: { schema: {} } } } },
    },
  };
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function tokenPath(registry: Registry, language: Language): Json {
  const text = (zh: string, en: string): string => ({ zh, en })[language];
  const error = {
    type: 'object',
    required: ['error', 'error_description', 'code', 'title', 'remedy'],
    properties: Object.fromEntries(
      ['error', 'error_description', 'code', 'title', 'remedy'].map(name => [name, { type: 'string' }]),
    ),
  };
  const failure = (zh: string, en: string): Json => ({ description: text(zh, en), ...json(error) });
  return {
    post: {
      tags: [gatewayTag],
      operationId: 'token',
      summary: text('获取令牌', 'Get a token'),
      description: text(
        'OAuth 2.0 客户端凭据模式，以 private_key_jwt 证明身份（RFC 7523；ES256、EdDSA、PS256）。断言的 aud 为本网关，jti 只能使用一次。',
        'OAuth 2.0 client credentials; the client proves who it is by private_key_jwt (RFC 7523; ES256, EdDSA, PS256). The assertion names this gateway as aud, and its jti is used once.',
      ),
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              required: ['grant_type', 'client_assertion_type', 'client_assertion'],
              properties: {
                grant_type: { const: 'client_credentials' },
                client_assertion_type: { const: assertionType },
                client_assertion: { type: 'string', description: 'JWT' },
                client_id: { type: 'string', description: '`department/client`' },
                purpose: {
                  type: 'string',
                  enum: [...registry.purposes.keys()],
                  description: text('令牌所带的用途。', 'The purpose that the token shall carry.'),
                },
              },
            },
          },
        },
      },
      responses: {
        200: {
          description: text('令牌，按 expires_in 所示秒数有效。', 'The token, good for expires_in seconds.'),
          ...json({
            type: 'object',
            required: ['access_token', 'token_type', 'expires_in'],
            properties: {
              access_token: { type: 'string' },
              token_type: { const: 'Bearer' },
              expires_in: { type: 'integer', examples: [registry.settings.identity.tokenLife] },
            },
          }),
        },
        400: failure('请求不合法。', 'The request is not valid.'),
        401: failure('无法确认调用系统。', 'The client could not be made sure of.'),
        503: failure('暂时无法发放，请稍后重试。', 'None can be given now; try again later.'),
      },
    },
  };
}

function explainPath(registry: Registry, language: Language): Json {
  const text = (zh: string, en: string): string => ({ zh, en })[language];
  const parameters = ['department', 'service', 'version'].map(name => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const [first] = registry.services.values();
  const named = first?.id.split('/') ?? [];
  const headers = ['Stile-Purpose', 'Stile-Case', 'Stile-Operator', 'Accept-Language'];
  return {
    post: {
      tags: [gatewayTag],
      operationId: 'explain',
      summary: text('解释一次调用会怎样', 'Explain what a call would come to'),
      description: text(
        '与交换走同样的步骤，直到配额为止；不询问任何部门，不计入配额，但同样记入台账。逐步说明结果、起决定作用的规则与补救办法。',
        'Goes through the same steps as an exchange, up to the quota. No department is asked and nothing is counted, but it is recorded like a call. It tells stage by stage what would happen, which rule decides, and the remedy.',
      ),
      security: [{ client: [] }],
      parameters: [
        ...parameters.map((parameter, at) => ({ ...parameter, ...(named[at] ? { example: named[at] } : {}) })),
        ...headers.map(name => ({ $ref: `#/components/parameters/${name}` })),
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object' }, example: first?.contract.example } },
      },
      responses: {
        200: {
          description: text('逐步的解释。', 'The explanation, stage by stage.'),
          headers: { 'Stile-Record': { $ref: '#/components/headers/Stile-Record' } },
          ...json({
            type: 'object',
            required: ['wouldRelease', 'stages'],
            properties: {
              service: { type: 'string' },
              purpose: { type: 'string' },
              wouldRelease: { type: 'boolean' },
              stages: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['stage', 'verdict'],
                  properties: { stage: { type: 'string' }, verdict: { enum: ['passes', 'stops', 'not-reached'] } },
                },
              },
              code: { type: 'string' },
              title: { type: 'string' },
              remedy: { type: 'string' },
              considered: { type: 'array', items: { type: 'object' } },
              grant: { type: 'object' },
              parts: {
                type: 'array',
                description: text(
                  '组合服务的各项：依调用方自身的协议会怎样；约束取决于实际询问的内容，此处不计。',
                  "Of a composite service: what would become of each part under the caller's own agreement; constraints depend on what it is asked, and are left aside.",
                ),
                items: {
                  type: 'object',
                  required: ['step', 'service', 'isNeeded', 'wouldRelease'],
                  properties: {
                    step: { type: 'string' },
                    service: { type: 'string' },
                    isNeeded: { type: 'boolean' },
                    wouldRelease: { type: 'boolean' },
                    code: { type: 'string' },
                    title: { type: 'string' },
                    remedy: { type: 'string' },
                    considered: { type: 'array', items: { type: 'object' } },
                    grant: { type: 'object' },
                    parts: { type: 'array', items: { type: 'object' } },
                  },
                },
              },
              record: { type: 'string' },
            },
          }),
        },
        ...problemResponses(codesOf(['receive', 'identify', 'record', 'exchange']), language),
      },
    },
  };
}

function readyPath(language: Language): Json {
  const text = (zh: string, en: string): string => ({ zh, en })[language];
  const answer = (description: string): Json => ({
    description,
    ...json({
      type: 'object',
      properties: {
        status: { type: 'string' },
        reason: { type: 'string' },
        warnings: { type: 'array', items: { type: 'string' } },
      },
    }),
  });
  return {
    get: {
      tags: [gatewayTag],
      operationId: 'ready',
      summary: text('是否可以接收请求', 'Whether it may be given work'),
      security: [],
      responses: {
        200: answer(text('可以。', 'It may.')),
        503: answer(text('暂时不可以，reason 说明原因。', 'Not now; reason says why.')),
      },
    },
  };
}

/** The paths besides the services' and the staff's. */
export function gatewayPaths({ registry, language }: Deployment): Json {
  const plain = (operationId: string, zh: string, en: string, media = 'application/json'): Json =>
    plainGet(operationId, { zh, en }, { zh, en }, media, language);
  return {
    '/oauth2/token': tokenPath(registry, language),
    '/oauth2/jwks': plain(
      'jwks',
      '令牌签名公钥（RFC 7517）',
      'The keys that sign tokens (RFC 7517)',
      'application/jwk-set+json',
    ),
    '/.well-known/oauth-authorization-server': plain(
      'metadata',
      '授权服务器元数据（RFC 8414）',
      'Authorization server metadata (RFC 8414)',
    ),
    '/explain/{department}/{service}/{version}': explainPath(registry, language),
    '/health/live': plain('live', '进程是否存活', 'Whether the process is alive'),
    '/health/ready': readyPath(language),
    '/metrics': plain(
      'metrics',
      '供监控系统读取的度量（Prometheus 文本格式）',
      'Metrics, for monitoring (Prometheus text format)',
      'text/plain',
    ),
    '/openapi.json': plain('openapi', '本接口说明', 'This description'),
    '/docs': plain('docs', '本接口说明的阅读页', 'The readable page of this description', 'text/html'),
  };
}
