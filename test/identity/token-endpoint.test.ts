/** The token endpoint over HTTP: its form, its answers, and no token without a record. */
import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import t from 'tap';
import { identify } from '../../src/identity/identify.js';
import { signingKeyFolder } from '../../src/identity/key-ring.js';
import { sandboxKey } from '../../src/identity/sandbox-key.js';
import { rotateSigningKey } from '../../src/identity/signing-key.js';
import { LedgerError } from '../../src/ledger/ledger.js';
import { ask, assertion, deploy, form, sampleRegistry } from './deployment.js';

t.test('a token', async t => {
  const deployment = await deploy(t);
  const { status, headers, body } = await ask(deployment, form(await assertion(deployment.url)));
  t.equal(status, 200);
  t.same(Object.keys(body).sort(), ['access_token', 'expires_in', 'token_type']);
  t.match(body, { token_type: 'Bearer', expires_in: 300 });
  t.equal(headers.get('cache-control'), 'no-store');
  t.equal(headers.get('pragma'), 'no-cache');
  t.equal(headers.get('stile-record'), '0/0');
  t.match(headers.get('content-type'), /^application\/json/);

  const token = String(body.access_token);
  t.match(decodeProtectedHeader(token), { alg: 'ES256', typ: 'at+jwt' });
  const claims = decodeJwt(token);
  t.same(Object.keys(claims).sort(), ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'sub']);
  t.match(claims, { iss: deployment.url, aud: deployment.url, sub: 'housing/permits', client_id: 'housing/permits' });
  const [entry = { kind: 'token', id: '' }] = deployment.entries;
  t.match(entry.id, /^[\w-]{22}$/, '128 bits');
  t.match(entry, { outcome: 'released', source: '127.0.0.1', registry: 'd'.repeat(64), jti: claims.jti });
  t.equal(entry.code, undefined);
});

t.test('staff tokens', async t => {
  const deployment = await deploy(t);
  for (const role of ['operator', 'officer', 'security', 'auditor']) {
    const id = `staff/${role}`;
    const signed = await assertion(deployment.url, { iss: id, sub: id }, {}, sandboxKey(id));
    const { status, body } = await ask(deployment, form(signed, { client_id: id }));
    t.equal(status, 200);
    t.match(decodeJwt(String(body.access_token)), { sub: id, role });
    const principal = identify(`Bearer ${body.access_token}`, deployment.registry, deployment.keys);
    t.match(principal, { kind: 'staff', id, role, department: undefined });
    t.match(deployment.entries.at(-1), { outcome: 'released', staff: { id, role } });
    t.equal(deployment.entries.at(-1)?.client, undefined);
  }
});

t.test('parameters', async t => {
  const deployment = await deploy(t);
  const { url } = deployment;
  const wrong: Record<
    string,
    [changes: Record<string, string | undefined>, status: number, error: string, code: string]
  > = {
    'no grant type': [{ grant_type: undefined }, 400, 'invalid_request', 'STILE_TOKEN_REQUEST_INVALID'],
    'an empty grant type': [{ grant_type: '' }, 400, 'invalid_request', 'STILE_TOKEN_REQUEST_INVALID'],
    'another grant': [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 'STILE_GRANT_UNSUPPORTED'],
    'the JWT as the grant': [
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
      400,
      'unsupported_grant_type',
      'STILE_GRANT_UNSUPPORTED',
    ],
    'no assertion': [{ client_assertion: undefined }, 401, 'invalid_client', 'STILE_ASSERTION_INVALID'],
    'no assertion type': [{ client_assertion_type: undefined }, 401, 'invalid_client', 'STILE_ASSERTION_INVALID'],
    'another assertion type': [
      { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      401,
      'invalid_client',
      'STILE_ASSERTION_INVALID',
    ],
    'a secret beside it': [{ client_secret: 'x' }, 400, 'invalid_request', 'STILE_TOKEN_REQUEST_INVALID'],
    'another client_id': [{ client_id: 'housing/archive' }, 400, 'invalid_request', 'STILE_TOKEN_REQUEST_INVALID'],
    'a purpose that is not registered': [{ purpose: 'curiosity' }, 400, 'invalid_request', 'STILE_PURPOSE_UNKNOWN'],
    'a purpose of an inherited name': [{ purpose: 'constructor' }, 400, 'invalid_request', 'STILE_PURPOSE_UNKNOWN'],
  };
  for (const [what, [changes, status, error, code]] of Object.entries(wrong)) {
    const answer = await ask(deployment, form(await assertion(url), changes));
    t.equal(answer.status, status, what);
    t.match(answer.body, { error, code });
    t.notOk('access_token' in answer.body);
    t.match(deployment.entries.at(-1), { outcome: 'refused', code, stage: 'token' });
    t.equal(deployment.entries.at(-1)?.purpose, undefined, 'only a registered purpose is written down');
  }

  const twice = form(await assertion(url));
  twice.append('purpose', 'public-rental-housing');
  twice.append('purpose', 'marriage-registration');
  t.match((await ask(deployment, twice)).body, { error: 'invalid_request', code: 'STILE_TOKEN_REQUEST_INVALID' });

  const basic = await ask(deployment, form(await assertion(url)), { authorization: 'Basic aG91c2luZzp4' });
  t.match(basic.body, { error: 'invalid_request' }, 'one way of proving who it is');

  const id = 'staff/security';
  const staff = form(await assertion(url, { iss: id, sub: id }, {}, sandboxKey(id)), {
    purpose: 'public-rental-housing',
  });
  t.match((await ask(deployment, staff)).body, { code: 'STILE_TOKEN_REQUEST_INVALID' }, 'staff have no purpose');

  const fine = form(await assertion(url), {
    client_id: 'housing/permits',
    scope: 'everything',
    unknown: 'x',
    purpose: '',
  });
  const granted = await ask(deployment, fine);
  t.equal(granted.status, 200, 'unknown parameters and scope are ignored, an empty one is absent');
  t.equal(decodeJwt(String(granted.body.access_token)).purpose, undefined);
  t.notOk('scope' in granted.body);

  const purposed = await ask(deployment, form(await assertion(url), { purpose: 'marriage-registration' }));
  t.equal(decodeJwt(String(purposed.body.access_token)).purpose, 'marriage-registration');
  t.match(deployment.entries.at(-1), { outcome: 'released', purpose: 'marriage-registration' });
});

t.test('media types and methods', async t => {
  const deployment = await deploy(t);
  const signed = await assertion(deployment.url);
  const json = await ask(deployment, JSON.stringify(Object.fromEntries(form(signed))), {
    'content-type': 'application/json',
  });
  t.equal(json.status, 400);
  t.match(json.body, { error: 'invalid_request', code: 'STILE_TOKEN_REQUEST_INVALID' });
  t.match(deployment.entries.at(-1), { outcome: 'refused', code: 'STILE_TOKEN_REQUEST_INVALID' });
  for (const type of ['text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded2']) {
    const { status } = await ask(deployment, form(signed).toString(), { 'content-type': type });
    t.equal(status, 400, type);
  }
  const charset = 'application/x-www-form-urlencoded; charset=UTF-8';
  t.equal((await ask(deployment, form(signed).toString(), { 'content-type': charset })).status, 200);
  t.equal((await fetch(`${deployment.url}/oauth2/token?${form(signed)}`)).status, 404, 'POST alone');
  t.equal((await ask(deployment, '', { 'content-type': charset })).status, 400, 'nothing at all');
});

t.test("errors in the caller's language", async t => {
  const deployment = await deploy(t);
  const of = async (language: string) =>
    (await ask(deployment, form('x'), { 'accept-language': language })).body as Record<string, string>;
  const zh = await of('zh-CN,zh;q=0.9');
  t.equal(zh.title, '客户端断言无效');
  t.match(zh.remedy, /私钥/);
  t.match(zh.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, 'all that RFC 6749, section 5.2, allows');
  const en = await of('en');
  t.equal(en.title, 'The client assertion is not valid');
  t.equal(en.error_description, zh.error_description);
});

t.test('no record, no token', async t => {
  const deployment = await deploy(t);
  deployment.ledgerError = new LedgerError('unavailable', 'no shard');
  const asked = [form(await assertion(deployment.url)), form('x')];
  for (const each of asked) {
    const { status, headers, body } = await ask(deployment, each);
    t.equal(status, 503);
    t.match(body, { error: 'temporarily_unavailable', code: 'STILE_RECORD_UNAVAILABLE' });
    t.equal(headers.get('retry-after'), '1');
    t.equal(headers.get('stile-record'), null);
    t.notOk('access_token' in body);
  }
  deployment.ledgerError = undefined;
  const again = await ask(deployment, asked[0] ?? '');
  t.match(again.body, { code: 'STILE_ASSERTION_REUSED' }, 'what got no token is used up all the same');
});

t.test('no store, no token', async t => {
  const deployment = await deploy(t);
  const working = deployment.query;
  deployment.query = () => Promise.reject(new Error('Connection terminated: password=hunter2'));
  const signed = await assertion(deployment.url);
  const { status, headers, body } = await ask(deployment, form(signed));
  t.equal(status, 503);
  t.match(body, { error: 'temporarily_unavailable', code: 'STILE_TOKEN_UNAVAILABLE' });
  t.equal(headers.get('retry-after'), '1');
  t.notMatch(JSON.stringify(body), /hunter2/);
  t.match(deployment.entries.at(-1), { outcome: 'refused', code: 'STILE_TOKEN_UNAVAILABLE' });
  deployment.query = working;
  t.equal((await ask(deployment, form(signed))).status, 200, 'nothing was used up');
});

t.test('a fault of our own', async t => {
  const deployment = await deploy(t);
  const broken = new Error('a bug');
  deployment.registry = {
    ...deployment.registry,
    clients: {
      get: () => {
        throw broken;
      },
    } as never,
  };
  const { status, body } = await ask(deployment, form(await assertion(deployment.url)));
  t.equal(status, 500);
  t.notMatch(JSON.stringify(body), /a bug/);
});

t.test('a flood from one source', async t => {
  const deployment = await deploy(t, {}, {}, 2);
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(deployment, form('x'))));
  const limited = answers.filter(answer => answer.status === 429);
  t.ok(limited.length > 0, 'past two a second');
  t.match(limited[0]?.body, { error: 'temporarily_unavailable', code: 'STILE_TOO_MANY_REQUESTS' });
  t.equal(limited[0]?.headers.get('retry-after'), '1');
  t.equal(deployment.entries.length, 40, 'each is handed over to be recorded, alone or in a count');
  t.equal(deployment.entries.filter(entry => entry.code === 'STILE_TOO_MANY_REQUESTS').length, limited.length);
});

t.test('metadata and public keys', async t => {
  const deployment = await deploy(t);
  const { url } = deployment;
  const answer = await fetch(`${url}/.well-known/oauth-authorization-server`);
  t.equal(answer.status, 200);
  t.same(await answer.json(), {
    issuer: url,
    token_endpoint: `${url}/oauth2/token`,
    jwks_uri: `${url}/oauth2/jwks`,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256'],
    service_documentation: `${url}/docs`,
  });
  const keys = await fetch(`${url}/oauth2/jwks`);
  t.match(keys.headers.get('content-type'), /^application\/jwk-set\+json/);
  const published = (await keys.json()) as { keys: Record<string, unknown>[] };
  t.equal(published.keys.length, 1);
  t.notOk(
    published.keys.some(key => 'd' in key),
    'nothing private',
  );

  rotateSigningKey(signingKeyFolder(deployment.data));
  await deployment.keys.reload();
  const after = (await (await fetch(`${url}/oauth2/jwks`)).json()) as { keys: unknown[] };
  t.equal(after.keys.length, 2, 'the next key is published before it signs');
});

t.test('a registry that is replaced while the gateway runs', async t => {
  const deployment = await deploy(t);
  const { settings } = deployment.registry;
  deployment.registry = { ...sampleRegistry({}, settings.identity), clients: new Map() };
  const answer = await ask(deployment, form(await assertion(deployment.url, { jti: randomUUID() })));
  t.match(answer.body, { error: 'invalid_client', code: 'STILE_CLIENT_UNKNOWN' });
});
