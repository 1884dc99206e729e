import { randomUUID } from 'node:crypto';
import t from 'tap';
import { errors } from '../../src/errors.js';
import { html } from '../../src/routes/docs/html.js';
import { openGateway } from '../gateway.js';

const gateway = await openGateway(t);
const page = async (query = '', headers: Record<string, string> = {}) => gateway.call(`/docs${query}`, { headers });

interface Post {
  readonly 'x-stile-purposes': readonly string[];
  readonly requestBody: {
    readonly content: {
      readonly 'application/json': { readonly examples: { readonly sandbox: { readonly value: unknown } } };
    };
  };
}

t.test('each example of the description succeeds, for a purpose it names', async t => {
  const { status, headers, body } = await gateway.call('/openapi.json');
  t.equal(status, 200);
  t.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  const paths = Object.entries((body?.paths ?? {}) as Readonly<Record<string, { readonly post: Post }>>);
  const services = paths.filter(([path]) => path.startsWith('/exchange/'));
  t.equal(services.length, gateway.registry.services.size);
  for (const [path, { post }] of services) {
    const [purpose = ''] = post['x-stile-purposes'];
    const { value } = post.requestBody.content['application/json'].examples.sandbox;
    const answer = await gateway.exchange(path.slice('/exchange/'.length), value, {
      'stile-purpose': purpose,
      'idempotency-key': randomUUID(),
    });
    t.equal(answer.status, 200, `${path} ${answer.text}`);
  }
});

t.test('every path of the description is served', async t => {
  const { body } = await gateway.call('/openapi.json');
  const described = Object.entries((body?.paths ?? {}) as Readonly<Record<string, object>>).flatMap(
    ([path, operations]) => Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
  );
  for (const route of described) {
    const [method = '', path = ''] = route.split(' ');
    const url = path
      .replace(/^\/(exchange|explain)\/.*/, '/$1/*')
      .replace(/\/tile\/.*/, '/tile/*')
      .replace(/\{(\w+)\}/g, ':$1');
    t.ok(gateway.app.hasRoute({ method: method as 'GET' | 'POST', url }), route);
  }
});

t.test('the page tells every service, purpose and error, under an anchor', async t => {
  for (const [language, word] of [
    ['zh', '婚姻登记状况'],
    ['en', 'Marriage status'],
  ] as const) {
    const { status, headers, text } = await page(`?lang=${language}`);
    t.equal(status, 200);
    t.equal(headers.get('content-type'), 'text/html; charset=utf-8');
    t.equal(headers.get('content-language'), language);
    t.match(text, `<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">`);
    t.match(text, word);
    const anchors = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(found => found[1]));
    for (const code of Object.keys(errors)) t.ok(anchors.has(code), code);
    for (const id of gateway.registry.services.keys()) t.ok(anchors.has(id.replaceAll('/', '.')), id);
    for (const id of gateway.registry.purposes.keys()) t.ok(anchors.has(`purpose-${id}`), id);
    for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) t.ok(anchors.has(target), `#${target}`);
    t.equal(anchors.size, [...text.matchAll(/ id="/g)].length, 'no anchor twice');
  }
});

t.test('the page needs no script, and nothing from elsewhere', async t => {
  const { headers, text } = await page();
  const policy = headers.get('content-security-policy') ?? '';
  t.match(policy, /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; /);
  t.match(policy, /frame-ancestors 'none'/);
  t.notMatch(policy, /unsafe/);
  t.notMatch(text, /<script| style="| on\w+="|<link|<img|@import|url\(/i);
  t.notMatch(text, /(?:src|href)="(?:https?:)?\/\//, 'no other host is linked');
  t.equal(headers.get('x-content-type-options'), 'nosniff');
});

t.test('the browser chooses the language unless the address does', async t => {
  t.equal((await page('', { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' })).headers.get('content-language'), 'zh');
  t.equal((await page('', { 'accept-language': 'fr' })).headers.get('content-language'), 'en');
  t.equal((await page('?lang=en', { 'accept-language': 'zh' })).headers.get('content-language'), 'en');
  t.equal((await page('?lang=xx', { 'accept-language': 'zh' })).headers.get('content-language'), 'zh');
  t.equal((await page()).headers.get('vary'), 'Accept-Language');
  const described = await gateway.call('/openapi.json', { headers: { 'accept-language': 'zh' } });
  t.match(described.text, /获取令牌/);
});

t.test('what has not changed is not sent again', async t => {
  const tag = (await page()).headers.get('etag') ?? '';
  const again = await page('', { 'if-none-match': tag });
  t.equal(again.status, 304);
  t.equal(again.text, '');
  t.equal((await page('?lang=zh', { 'if-none-match': tag })).status, 200, 'another language is another page');
});

t.test('a suspended agreement takes its purpose off the page', async t => {
  const before = (await gateway.call('/openapi.json')).text;
  const officer = {
    authorization: `Bearer ${await gateway.token('staff/officer')}`,
    'content-type': 'application/json',
  };
  const suspended = await gateway.call('/operate/agreements/housing-household/suspend', {
    method: 'POST',
    headers: officer,
    body: { why: 'a test' },
  });
  t.equal(suspended.status, 200, suspended.text);
  const { text, body } = await gateway.call('/openapi.json');
  t.not(text, before);
  const paths = body?.paths as Readonly<Record<string, { readonly post: Post }>>;
  t.strictSame(paths['/exchange/public-security/household/v1']?.post['x-stile-purposes'], []);
});

t.test('texts from config cannot become markup', async t => {
  const text = `<b>&"'`;
  t.equal(
    html`<p title="${text}">${text}${[html`<i>`, 1]}${undefined}${false}</p>`.html,
    `<p title="&lt;b&gt;&amp;&quot;&#39;">&lt;b&gt;&amp;&quot;&#39;<i>1</p>`,
  );
});
