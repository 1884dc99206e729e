/** The tables of the readable page: headers, purposes, the shared vocabulary, the gateway's own routes, and every error. */
import { type ErrorRow, errors } from '../../errors.js';
import type { Deployment } from '../../registry/openapi/deployment.js';
import { type HeaderRow, replyHeaders, requestHeaders } from '../../registry/openapi/headers.js';
import { gatewayPaths } from '../../registry/openapi/routes.js';
import { schemaComponents } from '../../registry/openapi/schema.js';
import { staffPaths } from '../../registry/openapi/staff.js';
import type { Text } from '../../text.js';
import { type Html, html } from './html.js';
import { badge, type Say, sensitivity } from './services.js';

function table(caption: string | undefined, heads: readonly string[], rows: readonly Html[], kind = ''): Html {
  return html`<div class="scroll" tabindex="0"><table class="${kind}">${caption !== undefined && html`<caption>${caption}</caption>`}
<thead><tr>${heads.map(head => html`<th>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
`;
}

/** The headers of an exchange, both ways. */
export function headersSection({ language }: Deployment, say: Say): Html {
  const heads = [say('头部', 'Header'), say('含义', 'Meaning')];
  const row = ({ name, text }: HeaderRow): Html =>
    html`<tr><td><code>${name}</code></td><td>${text[language]}</td></tr>
`;
  return html`<section><h2 id="headers">${say('请求头与答复头', 'Headers')}</h2>
${table(say('请求', 'Request'), heads, requestHeaders.map(row))}
${table(say('答复', 'Reply'), heads, replyHeaders.map(row))}</section>
`;
}

/** The purposes that may be stated, each with its legal basis. */
export function purposesSection({ registry, language }: Deployment, say: Say): Html {
  const rows = [...registry.purposes.values()].map(
    ({ id, title, basis }) =>
      html`<tr id="purpose-${id}"><td><code>${id}</code></td><td>${title[language]}</td><td>${basis[language]}</td></tr>
`,
  );
  return html`<section><h2 id="purposes">${say('用途', 'Purposes')}</h2>
<p>${say(
    '每次调用都须说明用途；用途须在协议之内。',
    'Every call states its purpose, and the purpose must be one of the agreement.',
  )}</p>
${table(undefined, [say('编码', 'Code'), say('用途', 'Purpose'), say('法律依据', 'Legal basis')], rows)}</section>
`;
}

interface Word {
  readonly format?: string;
  readonly 'x-title': Text;
  readonly 'x-description': Text;
  readonly examples: readonly string[];
  readonly 'x-stile-sensitivity'?: string;
}

/** The shared vocabulary, which all contracts speak. */
export function vocabularySection(deployment: Deployment, say: Say): Html {
  const words = [...deployment.registry.schemas].filter(([id]) => id.includes('/schemas/vocabulary/'));
  const rows = words.map(([id, schema]) => {
    const word = schema as unknown as Word;
    const name = id.slice(id.lastIndexOf('/') + 1, -'.json'.length);
    return html`<tr id="vocabulary-${name}"><td><code>${name}</code></td><td>${word['x-title'][deployment.language]}</td>
<td>${word['x-description'][deployment.language]}</td><td><code>${word.examples[0]}</code></td><td>${sensitivity(word['x-stile-sensitivity'], deployment)}</td></tr>
`;
  });
  const heads = [
    say('名称', 'Name'),
    say('含义', 'Meaning'),
    say('说明', 'Description'),
    say('示例', 'Example'),
    say('分级', 'Sensitivity'),
  ];
  return html`<section><h2 id="vocabulary">${say('共用词汇', 'Shared vocabulary')}</h2>
${table(undefined, heads, rows, 'vocabulary')}</section>
`;
}

interface Operation {
  readonly summary: string;
  readonly 'x-stile-roles'?: readonly string[];
}

/** What the gateway answers besides exchanges, as the API description has it. */
export function routesSection(deployment: Deployment, say: Say): Html {
  const { registry, language } = deployment;
  const components = schemaComponents(registry.schemas, language);
  const paths = Object.entries({ ...gatewayPaths(deployment), ...staffPaths(deployment, components) });
  const rows = paths.flatMap(([path, operations]) =>
    Object.entries(operations as Readonly<Record<string, Operation>>).map(
      ([method, { summary, 'x-stile-roles': roles = [] }]) =>
        html`<tr><td>${method.toUpperCase()}</td><td><code>${path}</code></td><td>${summary}</td><td>${roles.map(role => badge('', role))}</td></tr>
`,
    ),
  );
  const heads = [say('方法', 'Method'), say('路径', 'Path'), say('用来', 'For'), say('角色', 'Roles')];
  return html`<section><h2 id="routes">${say('其他接口', 'Other routes')}</h2>
${table(undefined, heads, rows)}</section>
`;
}

const stageTexts: Readonly<Record<string, Text>> = {
  receive: { zh: '接收', en: 'Is it a call at all' },
  identify: { zh: '识别调用方', en: 'Who asks' },
  token: { zh: '获取令牌', en: 'Getting a token' },
  match: { zh: '匹配服务', en: 'What is asked' },
  'check-request': { zh: '检查请求', en: 'Is the request well formed' },
  decide: { zh: '判定', en: 'May they' },
  limit: { zh: '配额', en: 'Is there quota left' },
  repeat: { zh: '重复请求', en: 'Was it asked before' },
  intend: { zh: '登记意向', en: 'Recording the intent' },
  ask: { zh: '询问部门', en: 'Asking the department' },
  'check-reply': { zh: '检查答复', en: 'Does the reply keep the contract' },
  record: { zh: '入账', en: 'Recording' },
  exchange: { zh: '网关', en: 'The gateway' },
  audit: { zh: '检索台账', en: 'Searching the ledger' },
  agreements: { zh: '共享协议', en: 'Agreements' },
};

/** Every error, by stage, each under its own anchor. */
export function errorsSection({ language }: Deployment, say: Say): Html {
  const all = Object.entries(errors) as [string, ErrorRow][];
  const stages = [...new Set(all.map(([, row]) => row.stage))];
  const heads = [say('代码', 'Code'), say('状态', 'Status'), say('含义', 'Meaning'), say('补救', 'Remedy')];
  return html`<section><h2 id="errors">${say('错误', 'Errors')}</h2>
<p>${say('错误答复为 ', 'Errors are ')}<code>application/problem+json</code>${say(
    '（RFC 9457），带 code、stage、remedy，以及在台账中的位置 record。',
    ' (RFC 9457) with code, stage, remedy, and record: where the ledger has it.',
  )}</p>
${stages.map(stage =>
  table(
    `${stageTexts[stage]?.[language] ?? stage} · ${stage}`,
    heads,
    all
      .filter(([, row]) => row.stage === stage)
      .map(
        ([code, row]) =>
          html`<tr id="${code}"><td><code>${code}</code></td><td>${row.status}</td><td>${row.title[language]}</td><td>${row.remedy[language]}</td></tr>
`,
      ),
    'errors',
  ),
)}</section>
`;
}
