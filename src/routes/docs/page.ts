/** The readable page of the API description, whole: one HTML document that needs no script, no font and no other host. */
import type { Deployment } from '../../registry/openapi/deployment.js';
import type { Text } from '../../text.js';
import { type Html, html } from './html.js';
import { errorsSection, headersSection, purposesSection, routesSection, vocabularySection } from './reference.js';
import { anchorOf, curl, providers, type Say, servicesSection } from './services.js';
import { style } from './style.js';

const logo = html`<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" aria-hidden="true"><path d="M4 14h12M32 14h12M4 24h12M32 24h12M4 34h12M32 34h12M16 8v34M32 8v34"/><path d="M12 42h8l4-9h4l4-9h-4" stroke="var(--mark)"/></svg>`;

const steps: readonly (readonly [Text, Text, boolean])[] = [
  [{ zh: '谁在问', en: 'Who asks' }, { zh: '令牌', en: 'the token' }, false],
  [{ zh: '问什么', en: 'What' }, { zh: '契约', en: 'the contract' }, false],
  [{ zh: '可否', en: 'May they' }, { zh: '协议与用途', en: 'agreement, purpose' }, false],
  [{ zh: '询问', en: 'Ask' }, { zh: '提供部门', en: "the department's system" }, false],
  [{ zh: '裁剪', en: 'Minimise' }, { zh: '仅授予的字段', en: 'granted fields only' }, false],
  [{ zh: '入账', en: 'Record' }, { zh: '放行之前', en: 'before any release' }, true],
  [{ zh: '放行', en: 'Release' }, { zh: '答复', en: 'the reply' }, false],
];

/** The page as bytes of UTF-8 text. */
export function docsPage(deployment: Deployment): string {
  const { language, registry, version } = deployment;
  const say: Say = (zh, en) => ({ zh, en })[language];
  const page = html`<!doctype html>
<html lang="${say('zh-CN', 'en')}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${say('越篱 · 接口说明', 'Stile · API description')} · ${registry.deployment}</title>
<style>${{ html: style }}</style></head><body>
<a class="skip" href="#main">${say('跳到正文', 'Skip to the content')}</a>
${registry.sandbox && html`<div class="notice">${say('沙箱：部门、居民与密钥均为虚构。', 'Sandbox: departments, residents and keys are fictitious.')}</div>`}
<div class="frame">
${navigation(deployment, say)}
<main id="main">
<h1>${say('部门之间，按协议取数', 'Ask another department, by agreement')}</h1>
<p class="lead">${say(
    '各部门的系统各自独立。您的系统通过越篱，为一个说明的用途，向其他部门询问协议所允许的数据；每一次尝试都先记入台账，再放行数据。',
    'Each department keeps its own system. Through Stile, yours asks others for exactly what an agreement allows, for a stated purpose; every attempt is written down before a byte is released.',
  )}</p>
<ol class="way">${steps.map(
    ([name, what, key]) => html`<li class="${key && 'key'}"><b>${name[language]}</b>${what[language]}</li>`,
  )}</ol>
${start(deployment, say)}
${servicesSection(deployment, say)}
${purposesSection(deployment, say)}
${headersSection(deployment, say)}
${vocabularySection(deployment, say)}
${routesSection(deployment, say)}
${errorsSection(deployment, say)}
<footer class="fine">Stile ${version} · ${registry.deployment} · ${say('配置摘要', 'registry')} ${registry.digest} · <a href="/openapi.json?lang=${language}">openapi.json</a></footer>
</main></div></body></html>
`;
  return page.html;
}

function navigation(deployment: Deployment, say: Say): Html {
  const { language, registry } = deployment;
  const sections = [
    ['purposes', say('用途', 'Purposes')],
    ['headers', say('请求头与答复头', 'Headers')],
    ['vocabulary', say('共用词汇', 'Shared vocabulary')],
    ['routes', say('其他接口', 'Other routes')],
    ['errors', say('错误', 'Errors')],
  ] as const;
  const languages = [
    ['zh', '中文'],
    ['en', 'English'],
  ] as const;
  return html`<nav aria-label="${say('目录', 'Contents')}">
<div class="name">${logo}<div><b>${say('越篱', 'Stile')}</b><span>${registry.deployment}</span></div></div>
<ul><li><a href="#start">${say('开始', 'Start')}</a></li>
<li><a href="#services">${say('数据服务', 'Services')}</a><ul>
${providers(deployment).flatMap(([, services]) =>
  services.map(
    service => html`<li><a href="#${anchorOf(service)}">${service.title[language]}</a></li>
`,
  ),
)}</ul></li>
${sections.map(
  ([id, name]) => html`<li><a href="#${id}">${name}</a></li>
`,
)}</ul>
<div class="languages">${languages.map(([code, name]) =>
    code === language
      ? html`<span aria-current="true">${name}</span>`
      : html`<a href="?lang=${code}" hreflang="${code}" lang="${code}">${name}</a>`,
  )}</div>
</nav>`;
}

function start(deployment: Deployment, say: Say): Html {
  const { registry } = deployment;
  const service = [...registry.services.values()].find(each => deployment.purposesOf(each.id).length > 0 && each.safe);
  return html`<section><h2 id="start">${say('开始', 'Start')}</h2>
<ol>
<li>${say('向运维人员登记您的系统及其公钥，得到 ', 'Have the operator register your system and its public key; its ')}<code>client_id</code>${say('，形如 ', ' looks like ')}<code>department/client</code>${say('。', '.')}</li>
<li>${say('向提供部门申请共享协议：要哪些字段，为何用途。', 'Ask the providing department for an agreement: which fields, for which purpose.')}</li>
<li>${say('以 private_key_jwt 在 ', 'Get a token by private_key_jwt at ')}<code>/oauth2/token</code>${say(
    ` 获取令牌，有效 ${registry.settings.identity.tokenLife} 秒；任何 OAuth 2 客户端库都可以。`,
    `, good for ${registry.settings.identity.tokenLife} seconds; any OAuth 2 client library does it.`,
  )}</li>
<li>${say('调用：', 'Call:')}</li></ol>
${service && html`<pre><code>${curl(service, deployment)}</code></pre>`}
<p>${say('若被拒绝，把路径中的 ', 'If it is refused, replace ')}<code>/exchange/</code>${say(' 换成 ', ' in the path by ')}<code>/explain/</code>${say(
    '，便可逐步看到原因与补救办法。',
    ' and see stage by stage why, and the remedy.',
  )}</p></section>
`;
}
