/** Every error the gateway answers with: one table of code, status, stage, title and remedy, held equal to docs/errors.md. */
import type { Text } from './text.js';

export interface ErrorRow {
  readonly status: number;
  /** The step or area that answers with it. */
  readonly stage: string;
  readonly title: Text;
  /** What the caller can do, and whom to ask. */
  readonly remedy: Text;
}

export const errors = {
  STILE_PATH_NOT_CANONICAL: {
    status: 400,
    stage: 'receive',
    title: { zh: '路径不规范', en: 'The path is not canonical' },
    remedy: {
      zh: '请按接口说明原样书写路径，不要使用编码的斜杠、点段、重复斜杠或空字节。',
      en: 'Write the path exactly as the API description has it: no encoded slashes, dot segments, doubled slashes or null bytes.',
    },
  },
  STILE_METHOD_NOT_ALLOWED: {
    status: 405,
    stage: 'receive',
    title: { zh: '不支持该请求方法', en: 'The method is not allowed' },
    remedy: {
      zh: '请使用 POST；只有标记为 safe 且请求为平面标量的服务才可用 GET。',
      en: 'Use POST; GET is only for services marked safe whose request is flat scalars.',
    },
  },
  STILE_MEDIA_TYPE: {
    status: 415,
    stage: 'receive',
    title: { zh: '不支持的内容类型', en: 'The media type is not supported' },
    remedy: {
      zh: '请以 Content-Type: application/json 发送 UTF-8 编码的 JSON。',
      en: 'Send JSON in UTF-8 with Content-Type: application/json.',
    },
  },
  STILE_BODY_TOO_LARGE: {
    status: 413,
    stage: 'receive',
    title: { zh: '请求体过大', en: 'The body is too large' },
    remedy: { zh: '请缩小请求；上限见接口说明。', en: 'Send a smaller request; the limit is in the API description.' },
  },
  STILE_BODY_NOT_JSON: {
    status: 400,
    stage: 'receive',
    title: { zh: '请求体不是合法的 JSON', en: 'The body is not JSON' },
    remedy: { zh: '请检查 JSON 语法与 UTF-8 编码。', en: 'Check the JSON syntax and the UTF-8 encoding.' },
  },
  STILE_BODY_TOO_DEEP: {
    status: 400,
    stage: 'receive',
    title: { zh: 'JSON 嵌套过深', en: 'The JSON is nested too deeply' },
    remedy: { zh: '请按契约减少嵌套层数。', en: 'Nest no deeper than the contract asks for.' },
  },
  STILE_BODY_DUPLICATE_KEY: {
    status: 400,
    stage: 'receive',
    title: { zh: 'JSON 含重复的键', en: 'The JSON repeats a key' },
    remedy: { zh: '请保证每个对象内的键唯一。', en: 'Write each key once in an object.' },
  },
  STILE_BODY_FORBIDDEN_KEY: {
    status: 400,
    stage: 'receive',
    title: { zh: 'JSON 含禁止的键', en: 'The JSON has a forbidden key' },
    remedy: { zh: '请去掉名为 __proto__ 的键。', en: 'Remove the key named __proto__.' },
  },
  STILE_BODY_NUMBER_RANGE: {
    status: 400,
    stage: 'receive',
    title: { zh: 'JSON 数字无法精确表示', en: 'A number in the JSON cannot be held exactly' },
    remedy: {
      zh: '请将超过 2^53 或位数过多的数字改为字符串。',
      en: 'Send numbers beyond 2^53, or with too many digits, as strings.',
    },
  },
  STILE_HEADER_INVALID: {
    status: 400,
    stage: 'receive',
    title: { zh: '请求头不合法', en: 'A request header is invalid' },
    remedy: {
      zh: '请按接口说明检查 Stile-Purpose、Stile-Case、Stile-Operator 与 Idempotency-Key。',
      en: 'Check Stile-Purpose, Stile-Case, Stile-Operator and Idempotency-Key against the API description.',
    },
  },
  STILE_TOO_MANY_REQUESTS: {
    status: 429,
    stage: 'receive',
    title: { zh: '请求过于频繁', en: 'Too many requests' },
    remedy: { zh: '请降低频率，按 Retry-After 稍后重试。', en: 'Slow down and try again after Retry-After.' },
  },
  STILE_OVERLOADED: {
    status: 503,
    stage: 'receive',
    title: { zh: '网关过载', en: 'The gateway is overloaded' },
    remedy: { zh: '请按 Retry-After 稍后重试。', en: 'Try again after Retry-After.' },
  },
  STILE_TOKEN_MISSING: {
    status: 401,
    stage: 'identify',
    title: { zh: '缺少令牌', en: 'There is no token' },
    remedy: {
      zh: '请先在 /oauth2/token 获取令牌，并以 Authorization: Bearer 发送。',
      en: 'Get a token at /oauth2/token and send it as Authorization: Bearer.',
    },
  },
  STILE_TOKEN_INVALID: {
    status: 401,
    stage: 'identify',
    title: { zh: '令牌无效', en: 'The token is not valid' },
    remedy: {
      zh: '请向本网关的 /oauth2/token 重新获取令牌；若仍失败，请联系运维人员。',
      en: "Get a new token from this gateway's /oauth2/token; if it fails again, ask the operator.",
    },
  },
  STILE_TOKEN_EXPIRED: {
    status: 401,
    stage: 'identify',
    title: { zh: '令牌已过期', en: 'The token has expired' },
    remedy: { zh: '请在 /oauth2/token 重新获取令牌。', en: 'Get a new token at /oauth2/token.' },
  },
  STILE_CLIENT_UNKNOWN: {
    status: 401,
    stage: 'identify',
    title: { zh: '调用系统未登记或已停用', en: 'The client is not registered, or no longer is' },
    remedy: { zh: '请联系运维人员登记调用系统。', en: 'Ask the operator to register the client.' },
  },
  STILE_ROLE_REQUIRED: {
    status: 403,
    stage: 'identify',
    title: { zh: '令牌的角色无权访问', en: "The token's role may not do this" },
    remedy: { zh: '请使用具备所需角色的工作人员令牌。', en: 'Use a staff token with the role this needs.' },
  },
  STILE_CLIENT_REQUIRED: {
    status: 403,
    stage: 'identify',
    title: { zh: '须使用调用系统的令牌', en: "This takes a client's token" },
    remedy: {
      zh: '请使用部门调用系统的令牌；工作人员的令牌不能用于数据交换。',
      en: "Use the token of a department's client; staff tokens do not exchange data.",
    },
  },
  STILE_PEER_REQUIRED: {
    status: 403,
    stage: 'identify',
    title: { zh: '只有对端网关可以代表他人', en: 'Only a peer speaks for others' },
    remedy: {
      zh: '请去掉 Stile-On-Behalf-Of；若本系统是另一越篱网关，请运维人员将其登记为对端。',
      en: 'Leave Stile-On-Behalf-Of out; if this is another Stile gateway, ask the operator to make it a peer.',
    },
  },
  STILE_PEER_ORIGIN: {
    status: 403,
    stage: 'identify',
    title: { zh: '对端未说明请求的来处', en: 'The peer does not say whence the call comes' },
    remedy: {
      zh: '请按《适配器》文档发送 Stile-On-Behalf-Of、Stile-Via、Stile-Record 与 X-Request-Id；Stile-Via 的末项须为登记的部署名称。',
      en: 'Send Stile-On-Behalf-Of, Stile-Via, Stile-Record and X-Request-Id as the adapters page has them; Stile-Via ends with the deployment that is registered.',
    },
  },
  STILE_PEER_DEPARTMENT: {
    status: 403,
    stage: 'identify',
    title: { zh: '对端不得代表该部门', en: 'The peer does not speak for this department' },
    remedy: {
      zh: '请本网关运维人员将该部门列入此对端的 departments。',
      en: "Ask this gateway's operator to list the department under the peer's departments.",
    },
  },
  STILE_PEER_LOOP: {
    status: 403,
    stage: 'identify',
    title: { zh: '请求绕回了本网关', en: 'The call has come through this gateway before' },
    remedy: {
      zh: '请运维人员检查：该服务经由的网关又回到了起点。',
      en: 'Ask the operators: the gateways that the service is asked through lead back to where they began.',
    },
  },
  STILE_PEER_HOPS: {
    status: 403,
    stage: 'identify',
    title: { zh: '经过的网关过多', en: 'The call has come through too many gateways' },
    remedy: {
      zh: '请直接请求更近的网关，或请运维人员提高 exchange.hopLimit。',
      en: 'Ask a gateway nearer to the service, or ask the operator to raise exchange.hopLimit.',
    },
  },
  STILE_TOKEN_REQUEST_INVALID: {
    status: 400,
    stage: 'token',
    title: { zh: '令牌请求不合法', en: 'The token request is not valid' },
    remedy: {
      zh: '请以 application/x-www-form-urlencoded 发送 grant_type、client_assertion_type 与 client_assertion，每个参数一次，不带其他凭证。',
      en: 'Send grant_type, client_assertion_type and client_assertion as application/x-www-form-urlencoded, each once, with no other credentials.',
    },
  },
  STILE_GRANT_UNSUPPORTED: {
    status: 400,
    stage: 'token',
    title: { zh: '不支持该授权类型', en: 'The grant type is not supported' },
    remedy: { zh: '请使用 grant_type=client_credentials。', en: 'Use grant_type=client_credentials.' },
  },
  STILE_ASSERTION_INVALID: {
    status: 401,
    stage: 'token',
    title: { zh: '客户端断言无效', en: 'The client assertion is not valid' },
    remedy: {
      zh: '请用已登记公钥对应的私钥以 ES256、EdDSA 或 PS256 签名，iss 与 sub 均为 client_id，并带 jti 与 exp。',
      en: 'Sign with the private key of a registered public key by ES256, EdDSA or PS256; iss and sub are the client_id; jti and exp are required.',
    },
  },
  STILE_ASSERTION_AUDIENCE: {
    status: 401,
    stage: 'token',
    title: { zh: '客户端断言的受众不是本网关', en: 'The client assertion is meant for someone else' },
    remedy: {
      zh: '请将 aud 设为 /.well-known/oauth-authorization-server 中的 issuer。',
      en: 'Set aud to the issuer in /.well-known/oauth-authorization-server.',
    },
  },
  STILE_ASSERTION_TIME: {
    status: 401,
    stage: 'token',
    title: { zh: '客户端断言已过期或时间不符', en: 'The client assertion is outside its time' },
    remedy: {
      zh: '请校准时钟，每次请求新签断言，exp 不超过 5 分钟之后。',
      en: 'Set the clock, sign a new assertion for each request, and let exp be at most 5 minutes ahead.',
    },
  },
  STILE_ASSERTION_REUSED: {
    status: 401,
    stage: 'token',
    title: { zh: '客户端断言已被使用', en: 'The client assertion was used before' },
    remedy: {
      zh: '请每次请求使用新的 jti；若并未重复使用，请检查私钥是否泄露。',
      en: 'Use a new jti for each request; if you did, look into whether the private key has leaked.',
    },
  },
  STILE_TOKEN_UNAVAILABLE: {
    status: 503,
    stage: 'token',
    title: { zh: '暂时无法签发令牌', en: 'No token can be issued for now' },
    remedy: { zh: '请按 Retry-After 以新的断言重试。', en: 'Try again after Retry-After with a new assertion.' },
  },
  STILE_NOT_FOUND: {
    status: 404,
    stage: 'match',
    title: { zh: '没有这个资源', en: 'There is nothing here' },
    remedy: { zh: '请检查路径与接口说明。', en: 'Check the path against the API description.' },
  },
  STILE_SERVICE_UNKNOWN: {
    status: 404,
    stage: 'match',
    title: { zh: '没有这个数据服务', en: 'There is no such service' },
    remedy: { zh: '请在 /docs 查看服务目录与版本。', en: 'See /docs for the services and their versions.' },
  },
  STILE_SERVICE_WITHHELD: {
    status: 403,
    stage: 'match',
    title: { zh: '该服务不予共享', en: 'The service is withheld' },
    remedy: {
      zh: '原因见服务目录；如有异议请联系提供部门。',
      en: 'The reason is in the directory; ask the providing department if you disagree.',
    },
  },
  STILE_REQUEST_INVALID: {
    status: 400,
    stage: 'check-request',
    title: { zh: '请求不符合契约', en: 'The request does not keep the contract' },
    remedy: {
      zh: '请按 errors 中的指针逐项改正；契约见 /docs。',
      en: 'Mend what the pointers in errors name; the contract is at /docs.',
    },
  },
  STILE_REQUEST_TOO_MANY_SUBJECTS: {
    status: 400,
    stage: 'check-request',
    title: { zh: '请求涉及的对象过多', en: 'The request is about too many' },
    remedy: {
      zh: '一次交换至多涉及 50,000 个数据主体，请分批请求。',
      en: 'One exchange may be about 50,000 persons and enterprises: ask in parts.',
    },
  },
  STILE_PURPOSE_MISSING: {
    status: 400,
    stage: 'decide',
    title: { zh: '未说明用途', en: 'No purpose is stated' },
    remedy: {
      zh: '请以 Stile-Purpose 说明用途，或获取带用途的令牌。',
      en: 'State a purpose in Stile-Purpose, or get a token that carries one.',
    },
  },
  STILE_PURPOSE_UNKNOWN: {
    status: 403,
    stage: 'decide',
    title: { zh: '用途未登记', en: 'The purpose is not registered' },
    remedy: { zh: '请使用已登记的用途编码，见 /docs。', en: 'Use a registered purpose; they are listed at /docs.' },
  },
  STILE_PURPOSE_CONFLICT: {
    status: 403,
    stage: 'decide',
    title: { zh: '用途与令牌不一致', en: 'The purpose is not the one the token carries' },
    remedy: { zh: '请使用令牌所带的用途，或重新获取令牌。', en: "Use the token's purpose, or get another token." },
  },
  STILE_AGREEMENT_NONE: {
    status: 403,
    stage: 'decide',
    title: { zh: '没有共享协议', en: 'There is no agreement' },
    remedy: { zh: '请向提供部门申请共享协议。', en: 'Ask the providing department for an agreement.' },
  },
  STILE_AGREEMENT_PURPOSE: {
    status: 403,
    stage: 'decide',
    title: { zh: '协议不含该用途', en: 'The agreement does not cover the purpose' },
    remedy: {
      zh: '请使用协议载明的用途，或申请扩展协议。',
      en: 'Use a purpose of the agreement, or ask the provider to widen it.',
    },
  },
  STILE_AGREEMENT_CLIENT: {
    status: 403,
    stage: 'decide',
    title: { zh: '协议不含该调用系统', en: 'The agreement does not cover the client' },
    remedy: {
      zh: '请使用协议载明的调用系统，或申请扩展协议。',
      en: 'Use a client of the agreement, or ask the provider to widen it.',
    },
  },
  STILE_AGREEMENT_NOT_YET: {
    status: 403,
    stage: 'decide',
    title: { zh: '协议尚未生效', en: 'The agreement is not in force yet' },
    remedy: { zh: '请在协议生效日之后再调用。', en: "Call from the agreement's first day on." },
  },
  STILE_AGREEMENT_EXPIRED: {
    status: 403,
    stage: 'decide',
    title: { zh: '协议已到期', en: 'The agreement has expired' },
    remedy: { zh: '请与提供部门续签协议。', en: 'Renew the agreement with the providing department.' },
  },
  STILE_AGREEMENT_SUSPENDED: {
    status: 403,
    stage: 'decide',
    title: { zh: '协议已中止', en: 'The agreement is suspended' },
    remedy: { zh: '请联系提供部门了解中止原因。', en: 'Ask the providing department why.' },
  },
  STILE_AGREEMENT_WAITING: {
    status: 403,
    stage: 'decide',
    title: { zh: '协议等待提供部门确认', en: "The agreement waits for its provider's consent" },
    remedy: {
      zh: '契约、映射或共享类型有变，请提供部门重新确认。',
      en: 'The contract, mapping or sharing type has moved; the provider must consent again.',
    },
  },
  STILE_CONSTRAINT: {
    status: 403,
    stage: 'decide',
    title: { zh: '请求超出协议的限定', en: "The request is outside the agreement's constraints" },
    remedy: { zh: '请仅查询协议限定范围内的对象。', en: "Ask only about what the agreement's constraints allow." },
  },
  STILE_QUOTA: {
    status: 429,
    stage: 'limit',
    title: { zh: '协议配额已用尽', en: "The agreement's quota is used up" },
    remedy: {
      zh: '请按 Retry-After 稍后重试，或申请提高配额。',
      en: 'Try again after Retry-After, or ask the provider for more.',
    },
  },
  STILE_QUOTA_UNAVAILABLE: {
    status: 503,
    stage: 'limit',
    title: { zh: '无法核计配额', en: 'The quota could not be counted' },
    remedy: {
      zh: '未向提供部门发出请求，请按 Retry-After 稍后重试。',
      en: 'Nothing was asked of the department; try again after Retry-After.',
    },
  },
  STILE_REPEAT_UNANSWERED: {
    status: 409,
    stage: 'repeat',
    title: { zh: '同一幂等键的请求尚无答复', en: 'The earlier request with this key has no answer' },
    remedy: {
      zh: '请先向提供部门核实是否已办理，再换新的 Idempotency-Key。',
      en: 'Find out from the provider whether it was done before using a new Idempotency-Key.',
    },
  },
  STILE_REPEAT_CHANGED: {
    status: 409,
    stage: 'repeat',
    title: { zh: '授权已变更，无法重放答复', en: 'The grant has changed since the reply was sealed' },
    remedy: { zh: '请换新的 Idempotency-Key 重新请求。', en: 'Ask again with a new Idempotency-Key.' },
  },
  STILE_REPEAT_MISMATCH: {
    status: 422,
    stage: 'repeat',
    title: { zh: '同一幂等键用于不同请求', en: 'The key was used for another request' },
    remedy: {
      zh: '每个不同的请求请使用新的 Idempotency-Key。',
      en: 'Use a new Idempotency-Key for each different request.',
    },
  },
  STILE_REPEAT_KEY_REQUIRED: {
    status: 400,
    stage: 'repeat',
    title: { zh: '该服务要求幂等键', en: 'This service requires an Idempotency-Key' },
    remedy: { zh: '请以 Idempotency-Key 发送一个唯一的键。', en: 'Send a unique key in Idempotency-Key.' },
  },
  STILE_REPEAT_UNAVAILABLE: {
    status: 503,
    stage: 'repeat',
    title: { zh: '无法登记幂等键', en: 'The key could not be claimed' },
    remedy: {
      zh: '未向提供部门发出请求，请按 Retry-After 稍后重试。',
      en: 'Nothing was asked of the department; try again after Retry-After.',
    },
  },
  STILE_INTENT_UNRECORDED: {
    status: 503,
    stage: 'intend',
    title: { zh: '意向未能入账', en: 'The intent could not be recorded' },
    remedy: {
      zh: '未向提供部门发出请求，请按 Retry-After 稍后重试。',
      en: 'Nothing was asked of the department; try again after Retry-After.',
    },
  },
  STILE_DEPARTMENT_TIMEOUT: {
    status: 504,
    stage: 'ask',
    title: { zh: '提供部门系统超时', en: "The department's system did not answer in time" },
    remedy: {
      zh: '请稍后重试；若持续，请联系提供部门。',
      en: 'Try again later; if it lasts, ask the providing department.',
    },
  },
  STILE_DEPARTMENT_UNREACHABLE: {
    status: 502,
    stage: 'ask',
    title: { zh: '无法连接提供部门系统', en: "The department's system cannot be reached" },
    remedy: {
      zh: '请稍后重试；若持续，请联系提供部门。',
      en: 'Try again later; if it lasts, ask the providing department.',
    },
  },
  STILE_DEPARTMENT_CUT_OFF: {
    status: 502,
    stage: 'ask',
    title: { zh: '提供部门系统的答复中断', en: "The department's answer broke off" },
    remedy: {
      zh: '请稍后重试；若持续，请联系提供部门。',
      en: 'Try again later; if it lasts, ask the providing department.',
    },
  },
  STILE_DEPARTMENT_MALFORMED: {
    status: 502,
    stage: 'ask',
    title: { zh: '提供部门系统的答复无法读取', en: "The department's answer cannot be read" },
    remedy: { zh: '请联系提供部门。', en: 'Ask the providing department.' },
  },
  STILE_DEPARTMENT_TOO_LARGE: {
    status: 502,
    stage: 'ask',
    title: { zh: '提供部门系统的答复过大', en: "The department's answer is too large" },
    remedy: { zh: '请联系提供部门。', en: 'Ask the providing department.' },
  },
  STILE_DEPARTMENT_FAILING: {
    status: 502,
    stage: 'ask',
    title: { zh: '提供部门系统出错', en: "The department's system failed" },
    remedy: {
      zh: '请稍后重试；若持续，请联系提供部门。',
      en: 'Try again later; if it lasts, ask the providing department.',
    },
  },
  STILE_DEPARTMENT_REJECTED: {
    status: 502,
    stage: 'ask',
    title: { zh: '提供部门系统拒绝了请求', en: "The department's system did not accept the question" },
    remedy: {
      zh: '请联系提供部门与运维人员核对接入配置。',
      en: 'Ask the providing department and the operator to check the adapter.',
    },
  },
  STILE_DEPARTMENT_DENIED: {
    status: 502,
    stage: 'ask',
    title: {
      zh: '提供部门系统不接受网关的凭证',
      en: "The department's system did not accept the gateway's credentials",
    },
    remedy: { zh: '请联系运维人员更新凭证。', en: 'Ask the operator to renew the credentials.' },
  },
  STILE_DEPARTMENT_BUSY: {
    status: 503,
    stage: 'ask',
    title: { zh: '提供部门系统繁忙', en: "The department's system takes no more for now" },
    remedy: { zh: '请按 Retry-After 稍后重试。', en: 'Try again after Retry-After.' },
  },
  STILE_DEPARTMENT_PAUSED: {
    status: 503,
    stage: 'ask',
    title: {
      zh: '提供部门系统近来频繁出错，暂停询问',
      en: "The department's system failed too often and is not asked for a while",
    },
    remedy: {
      zh: '未询问提供部门，办理未发生。请按 Retry-After 稍后重试；若持续，请联系提供部门。',
      en: 'The department was not asked, and nothing was done. Try again after Retry-After; if it lasts, ask the providing department.',
    },
  },
  STILE_PART_REFUSED: {
    status: 403,
    stage: 'ask',
    title: { zh: '组成该服务的某项服务拒绝了请求', en: 'A service that this one is made of refused' },
    remedy: {
      zh: 'parts 列出是哪一项、为什么，与直接请求该项服务所得相同；请逐项按其 remedy 处理后重试。',
      en: 'parts says which and why, as that service itself would have; follow the remedy of each, then ask again.',
    },
  },
  STILE_PART_FAILED: {
    status: 502,
    stage: 'ask',
    title: { zh: '组成该服务的某项服务未能答复', en: 'A service that this one is made of failed' },
    remedy: {
      zh: 'parts 列出是哪一项、为什么，与直接请求该项服务所得相同；请按其 remedy 处理。',
      en: 'parts says which and why, as that service itself would have; follow its remedy.',
    },
  },
  STILE_PARTS_INCOMPLETE: {
    status: 502,
    stage: 'ask',
    title: { zh: '所组成的各项服务放行的内容不足', en: 'The services that this one is made of released too little' },
    remedy: {
      zh: '缺少后续环节或答复所需的值：贵部门与某项服务的协议可能未授予该字段，或提供部门没有该数据，或时限已到。请以 /explain 查看各项协议授予的字段，并向该服务的提供部门询问所需字段。',
      en: 'A value that a further step or the reply needs is not there: your agreement for a part may not grant it, its department may have none, or no time was left. See by /explain what your agreements for the parts grant, and ask the department of this service which fields it needs.',
    },
  },
  STILE_REPLY_BREAKS_CONTRACT: {
    status: 502,
    stage: 'check-reply',
    title: { zh: '提供部门的答复不符合契约', en: "The department's reply does not keep the contract" },
    remedy: { zh: '未放行任何数据，请联系提供部门。', en: 'Nothing was released; ask the providing department.' },
  },
  STILE_REPLY_OTHER_SUBJECT: {
    status: 502,
    stage: 'check-reply',
    title: { zh: '提供部门答复的不是所查询的对象', en: "The department's reply is about someone else" },
    remedy: { zh: '未放行任何数据，请联系提供部门。', en: 'Nothing was released; ask the providing department.' },
  },
  STILE_REPLY_TOO_MANY_SUBJECTS: {
    status: 502,
    stage: 'check-reply',
    title: { zh: '提供部门的答复涉及的对象过多', en: "The department's reply is about too many" },
    remedy: {
      zh: '一次交换至多涉及 50,000 个数据主体，请分批请求；未放行任何数据。',
      en: 'One exchange may be about 50,000 persons and enterprises: ask in parts. Nothing was released.',
    },
  },
  STILE_CALLER_GONE: {
    status: 499,
    stage: 'record',
    title: { zh: '调用方已断开', en: 'The caller hung up' },
    remedy: { zh: '请重新请求；本次未放行任何数据。', en: 'Ask again; nothing was released.' },
  },
  STILE_RECORD_UNAVAILABLE: {
    status: 503,
    stage: 'record',
    title: { zh: '访问记录未能入账', en: 'The access could not be recorded' },
    remedy: {
      zh: '没有记录就不放行，请按 Retry-After 稍后重试。',
      en: 'No record, no release: try again after Retry-After.',
    },
  },
  STILE_WITNESSES_AWAY: {
    status: 503,
    stage: 'record',
    title: { zh: '台账近来缺少见证', en: 'Too few witnesses have cosigned the ledger lately' },
    remedy: {
      zh: '未向提供部门发出请求。见证者恢复后自动继续，请按 Retry-After 稍后重试；若持续，请联系运维人员。',
      en: 'Nothing was asked of the department. It goes on by itself once witnesses cosign again: try again after Retry-After; if it lasts, ask the operator.',
    },
  },
  STILE_PART_CHANGED: {
    status: 409,
    stage: 'record',
    title: { zh: '某项组成服务的授权已变更', en: 'The grant of a part has changed' },
    remedy: {
      zh: '答复合成期间，贵部门与某项组成服务的协议已变更；未放行任何数据。请重新请求。',
      en: 'While the reply was put together, your agreement for a part of it has changed; nothing was released. Ask again.',
    },
  },
  STILE_RELEASE_LATE: {
    status: 503,
    stage: 'record',
    title: { zh: '未能及时放行', en: 'The reply could not be released in time' },
    remedy: {
      zh: '记录已入账，但未及时获得该服务要求的签名或副署，或协议已变更；未放行任何数据。请按 Retry-After 重试，原来带有 Idempotency-Key 的请沿用：不会重复办理。',
      en: 'It is on record, but not yet signed or cosigned as the service demands, or the agreement has changed meanwhile; nothing was released. Try again after Retry-After, with the same Idempotency-Key if there was one: nothing is done twice.',
    },
  },
  STILE_RECORD_TOO_LARGE: {
    status: 500,
    stage: 'record',
    title: { zh: '访问记录过大', en: 'The access record is too large' },
    remedy: { zh: '请联系运维人员。', en: 'Ask the operator.' },
  },
  STILE_FAULT: {
    status: 500,
    stage: 'exchange',
    title: { zh: '网关内部错误', en: 'The gateway is at fault' },
    remedy: { zh: '请将 record 或请求编号告知运维人员。', en: 'Tell the operator the record or the request id.' },
  },
  STILE_SEARCH_INVALID: {
    status: 400,
    stage: 'audit',
    title: { zh: '检索条件不合法', en: 'The search is not valid' },
    remedy: { zh: '请按 errors 中的指针逐项改正。', en: 'Mend what the pointers in errors name.' },
  },
  STILE_SEARCH_TOO_WIDE: {
    status: 422,
    stage: 'audit',
    title: { zh: '检索范围过大', en: 'The search takes too long' },
    remedy: {
      zh: '请缩短时间范围，或加上数据服务、使用部门、办件编号、经办人或数据主体。',
      en: 'Shorten the time, or name a service, consumer, case, operator or subject.',
    },
  },
  STILE_SEARCH_UNAVAILABLE: {
    status: 503,
    stage: 'audit',
    title: { zh: '台账暂时无法检索', en: 'The ledger cannot be searched now' },
    remedy: {
      zh: '请按 Retry-After 稍后重试；若持续，请联系运维人员。',
      en: 'Try again after Retry-After; if it lasts, ask the operator.',
    },
  },
  STILE_RECORD_UNKNOWN: {
    status: 404,
    stage: 'audit',
    title: { zh: '没有这条记录', en: 'There is no such record' },
    remedy: { zh: '请检查记录编号，形如 0/42。', en: "Check the record's position, such as 0/42." },
  },
  STILE_ERASURE_INVALID: {
    status: 400,
    stage: 'audit',
    title: { zh: '删除的要求不合法', en: 'What is to be erased is not valid' },
    remedy: { zh: '请按 errors 中的指针逐项改正。', en: 'Mend what the pointers in errors name.' },
  },
  STILE_TEXT_NONE: {
    status: 404,
    stage: 'audit',
    title: { zh: '该记录旁没有文字', en: 'There is no text beside that record' },
    remedy: {
      zh: '请检查记录编号；用 stile audit show 可查看是否已被删除。',
      en: "Check the record's position; stile audit show tells whether it was erased already.",
    },
  },
  STILE_RECONCILIATION_INVALID: {
    status: 400,
    stage: 'audit',
    title: { zh: '核对的要求不合法', en: 'What is to be compared is not valid' },
    remedy: { zh: '请按 errors 中的指针逐项改正。', en: 'Mend what the pointers in errors name.' },
  },
  STILE_LIST_TYPE: {
    status: 415,
    stage: 'audit',
    title: { zh: '不支持的清单格式', en: 'The list is of no supported type' },
    remedy: {
      zh: '请以 Content-Type: text/csv 或 application/x-ndjson 发送清单。',
      en: 'Send the list with Content-Type: text/csv or application/x-ndjson.',
    },
  },
  STILE_LIST_INVALID: {
    status: 400,
    stage: 'audit',
    title: { zh: '部门的清单无法读取', en: "The department's list cannot be read" },
    remedy: {
      zh: '请按 errors 所列行号改正清单；未作核对。',
      en: 'Mend the lines that errors name; nothing was compared.',
    },
  },
  STILE_RECONCILIATION_BUSY: {
    status: 503,
    stage: 'audit',
    title: { zh: '另一次核对正在进行', en: 'Another comparison is under way' },
    remedy: { zh: '请按 Retry-After 稍后重试。', en: 'Try again after Retry-After.' },
  },
  STILE_RECEIPT_ARCHIVED: {
    status: 410,
    stage: 'ledger',
    title: { zh: '记录所在月份已归档', en: "The record's month is archived" },
    remedy: {
      zh: '早先取得的回执仍然有效。Stile-Archive 写明归档的月份及其清单摘要，请凭此向运维人员索取该记录。',
      en: 'A receipt from before still verifies. Stile-Archive names the month and the digest of its archive: ask the operators for the record by these.',
    },
  },
  STILE_RECEIPT_NOT_YET: {
    status: 503,
    stage: 'ledger',
    title: { zh: '记录尚未被检查点覆盖', en: 'The record is not covered by a checkpoint yet' },
    remedy: {
      zh: '检查点每秒签署一次，请稍后重试，或以 Prefer: wait=秒数 等待；持续如此请联系运维人员。',
      en: 'Checkpoints are signed every second: try again, or wait with Prefer: wait=SECONDS. If it stays so, call the operators.',
    },
  },
  STILE_AGREEMENT_INVALID: {
    status: 400,
    stage: 'agreements',
    title: { zh: '共享协议不合法', en: 'The agreement is not valid' },
    remedy: { zh: '请按 errors 中的指针逐项改正。', en: 'Mend what the pointers in errors name.' },
  },
  STILE_AGREEMENT_UNKNOWN: {
    status: 404,
    stage: 'agreements',
    title: { zh: '没有这份共享协议', en: 'There is no such agreement' },
    remedy: { zh: '请检查协议编号。', en: "Check the agreement's id." },
  },
  STILE_AGREEMENT_PROVIDER: {
    status: 403,
    stage: 'agreements',
    title: { zh: '协议由其他部门提供', en: 'The agreement is for another department to give' },
    remedy: {
      zh: '只有提供部门的数据官员可以更改该协议，请与其联系。',
      en: "Only the providing department's officer may change it; ask them.",
    },
  },
  STILE_AGREEMENT_STATE: {
    status: 409,
    stage: 'agreements',
    title: { zh: '共享协议的状态不允许该操作', en: "The agreement's state does not allow this" },
    remedy: { zh: '请先查看协议的当前状态。', en: "Look at the agreement's state first." },
  },
  STILE_AGREEMENT_UNAVAILABLE: {
    status: 503,
    stage: 'agreements',
    title: { zh: '暂时无法读取共享协议', en: 'The agreements cannot be read now' },
    remedy: {
      zh: '未作更改，请按 Retry-After 稍后重试；若持续，请联系运维人员。',
      en: 'Nothing was changed; try again after Retry-After, and if it lasts, ask the operator.',
    },
  },
  STILE_CONFIG_INVALID: {
    status: 400,
    stage: 'config',
    title: { zh: '请求不合法', en: 'The request is not valid' },
    remedy: {
      zh: '请按 errors 中的指针逐项改正。',
      en: 'Mend what the pointers in errors name.',
    },
  },
  STILE_CONFIG_MOVED: {
    status: 409,
    stage: 'config',
    title: { zh: '配置已变，与计划不符', en: 'The config is not what was planned on' },
    remedy: {
      zh: '正在使用的配置或文件在计划之后已变；请重新执行 stile plan。',
      en: 'The config in force or its files have moved since; run stile plan again.',
    },
  },
  STILE_CONFIG_REFUSED: {
    status: 409,
    stage: 'config',
    title: { zh: '配置不能生效', en: 'The config cannot be put in force' },
    remedy: {
      zh: '请改正 errors 所列各处；原配置继续使用，未作任何更改。',
      en: 'Mend what errors name; the config before it serves on, and nothing was changed.',
    },
  },
  STILE_CONFIG_NOT_KEPT: {
    status: 404,
    stage: 'config',
    title: { zh: '没有保存这份配置', en: 'The config is not kept' },
    remedy: {
      zh: '网关只保存最近使用过的配置；请改回文件。',
      en: 'The gateway keeps the configs that were in force lately; change the files instead.',
    },
  },
  STILE_TRY_CONFIRM: {
    status: 403,
    stage: 'config',
    title: { zh: '试做需要确认', en: 'A try needs to be confirmed' },
    remedy: {
      zh: '答复可能涉及真实的人；请以 --confirm 确认。',
      en: 'The answer may be about real people: confirm it with --confirm.',
    },
  },
  STILE_TRY_EFFECTS: {
    status: 403,
    stage: 'config',
    title: {
      zh: '试做会改变部门的数据，需要确认',
      en: "A try that changes the department's data needs to be confirmed",
    },
    remedy: {
      zh: '部门系统会照办；请以 --effects 确认。',
      en: "The department's system does what is asked: confirm it with --effects.",
    },
  },
} as const satisfies Record<`STILE_${string}`, ErrorRow>;

export type ErrorCode = keyof typeof errors;
