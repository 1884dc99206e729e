/** The services of the readable page: one card each, with what is asked, what may come back, and a call to paste. */

import { answersGet } from '../../registry/answers-get.js';
import type { Deployment } from '../../registry/openapi/deployment.js';
import {
  type CompiledSchema,
  type Department,
  type Deprecation,
  type Service,
  type Sharing,
  sharing,
} from '../../registry/registry.js';
import type { Text } from '../../text.js';
import { type Html, html } from './html.js';

/** Says a text in the page's language. */
export type Say = (zh: string, en: string) => string;

const sharingBadge: Readonly<Record<Sharing, readonly [string, Text]>> = {
  [sharing.unconditional]: ['good', { zh: '无条件共享', en: 'unconditional' }],
  [sharing.conditional]: ['care', { zh: '有条件共享', en: 'conditional' }],
  [sharing.withheld]: ['stop', { zh: '不予共享', en: 'withheld' }],
};

const sensitivityBadge: Readonly<Record<string, readonly [string, Text]>> = {
  public: ['', { zh: '公开', en: 'public' }],
  internal: ['', { zh: '内部', en: 'internal' }],
  personal: ['care', { zh: '个人信息', en: 'personal' }],
  sensitive: ['stop', { zh: '敏感个人信息', en: 'sensitive' }],
};

export function badge(kind: string, text: string): Html {
  return html`<span class="badge ${kind}">${text}</span>`;
}

/** How sensitive a field is, as a badge; nothing where the schema does not say. */
export function sensitivity(level: unknown, { language }: Deployment): Html | undefined {
  const found = typeof level === 'string' ? sensitivityBadge[level] : undefined;
  return found === undefined ? undefined : badge(found[0], found[1][language]);
}

/** The id of a service's card. */
export const anchorOf = (service: Service): string => service.id.replaceAll('/', '.');

/** Departments that offer services, each with them. */
export function providers({ registry }: Deployment): (readonly [Department, readonly Service[]])[] {
  const services = [...registry.services.values()];
  return [...registry.departments.values()]
    .map(department => [department, services.filter(service => service.department === department.id)] as const)
    .filter(([, offered]) => offered.length > 0);
}

/** All services, by department. */
export function servicesSection(deployment: Deployment, say: Say): Html {
  return html`<section><h2 id="services">${say('数据服务', 'Services')}</h2>
<p>${say(
    '每个服务回答一个问题。答复只含协议授予的字段，并按协议脱敏。',
    'Each service answers one question. A reply holds only the fields that an agreement grants, masked as it says.',
  )}</p>
${providers(deployment).map(
  ([department, services]) => html`<h3 id="${department.id}">${department.name[deployment.language]}</h3>
<p class="fine">${say('行政区划', 'division')} ${department.division} · ${say('联系', 'contact')} ${department.contact}</p>
${services.map(service => card(service, deployment, say))}`,
)}</section>
`;
}

function card(service: Service, deployment: Deployment, say: Say): Html {
  const { language } = deployment;
  const [kind, shared] = sharingBadge[service.sharing];
  const withheld = service.sharing === sharing.withheld;
  return html`<article id="${anchorOf(service)}">
<header><h3>${service.title[language]}</h3><div class="badges">
${badge(kind, shared[language])}
${!withheld && (service.safe ? badge('good', say('只读', 'safe')) : badge('stop', say('办理业务', 'has effects')))}
${service.deprecation && badge('stop', say('已弃用', 'deprecated'))}
${!withheld && answersGet(service) && badge('', 'GET')}</div></header>
${service.deprecation && html`<p>${deprecationText(service.deprecation, say)}</p>`}
${service.description && html`<p>${service.description[language]}</p>`}
${withheld ? html`<p>${service.reason?.[language]}</p>` : callable(service, deployment, say)}
</article>
`;
}

function deprecationText({ since, sunset, successor }: Deprecation, say: Say): string {
  const from = say(`自 ${since} 起弃用`, `Deprecated since ${since}`);
  const until = sunset === undefined ? '' : say(`，承诺服务至 ${sunset}`, `, promised until ${sunset}`);
  const instead = successor === undefined ? '' : say(`，请改用 ${successor}`, `; call ${successor} instead`);
  return `${from}${until}${instead}${say('。', '.')}`;
}

function callable(service: Service, deployment: Deployment, say: Say): Html {
  const { request, reply } = service.contract;
  const purposes = deployment.purposesOf(service.id);
  const [replyExample] = (reply.schema.examples ?? []) as readonly unknown[];
  return html`<span class="path"><b>POST</b><code>/exchange/${service.id}</code></span>
<p class="fine">${say('协议载明的用途：', 'Purposes of its agreements: ')}${
    purposes.length === 0
      ? say('尚无协议', 'no agreement yet')
      : purposes.map((id, at) => html`${at > 0 && ', '}<a href="#purpose-${id}">${id}</a>`)
  } · ${say('时限', 'deadline')} ${service.deadline} ms · ${say('契约', 'contract')} ${service.contract.digest.slice(0, 12)}</p>
${fields(say('请求（* 必填）', 'Request (* required)'), request, deployment, say)}
${fields(say('答复可含的字段（* 契约保证提供）', 'Fields a reply may hold (* always there by the contract)'), reply, deployment, say)}
<h4>${say('调用', 'Call')}</h4><pre><code>${curl(service, deployment)}</code></pre>
<h4>${say('契约中的答复示例（未经裁剪与脱敏）', "The contract's example of a reply, neither cut nor masked")}</h4><pre><code>${JSON.stringify(replyExample, null, 2)}</code></pre>
`;
}

function fields(caption: string, schema: CompiledSchema, deployment: Deployment, say: Say): Html {
  const subjects = new Map(schema.subjects.map(({ path, role }) => [path, role]));
  const roles = { asked: say('所查询的人', 'who is asked about'), related: say('相关的人', 'related person') };
  const required = new Set((schema.schema.required ?? []) as readonly string[]);
  return html`<div class="scroll" tabindex="0"><table class="fields"><caption>${caption}</caption>
<thead><tr><th>${say('字段', 'Field')}</th><th>${say('含义', 'Meaning')}</th><th>${say('类型', 'Type')}</th><th>${say('分级', 'Sensitivity')}</th></tr></thead>
<tbody>${[...schema.fields.values()].map(({ path, type, format, values, sensitivity: level, title }) => {
    const role = subjects.get(path);
    return html`<tr><td><code>${path}</code>${required.has(path) && ' *'}</td><td>${title?.[deployment.language]}</td>
<td>${format === undefined ? type : html`<a href="#vocabulary-${format}">${format}</a>`}${
      values && html`<br>${values.map((value, at) => html`${at > 0 && ' · '}<code>${String(value)}</code>`)}`
    }</td>
<td>${sensitivity(level, deployment)}${role && badge('', roles[role])}</td></tr>
`;
  })}</tbody></table></div>
`;
}

/** A call that can be pasted; in the sandbox with a token that it gets itself. */
export function curl(service: Service, { registry, purposesOf }: Deployment): string {
  const [client] = [...registry.clients.values()].filter(each => each.department !== service.department);
  const token = registry.sandbox && client ? `$(npx stile token ${client.id})` : '$TOKEN';
  const [purpose] = [...purposesOf(service.id), ...registry.purposes.keys()];
  return [
    `curl -s ${registry.settings.identity.issuer}/exchange/${service.id} \\`,
    `  -H "Authorization: Bearer ${token}" \\`,
    `  -H 'Stile-Purpose: ${purpose}' \\`,
    ...(service.safe ? [] : [`  -H "Idempotency-Key: $(uuidgen)" \\`]),
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(service.contract.example)}'`,
  ].join('\n');
}
