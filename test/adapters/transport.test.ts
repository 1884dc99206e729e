import { createServer, type Socket } from 'node:net';
import t from 'tap';
import { Transport } from '../../adapters/transport.js';
import { failureOf } from '../../adapters/transport-failure.js';
import { contextOf } from './calls.js';
import { json, startHttp, startRaw, until } from './systems.js';

const { logger } = contextOf();
const limits = { time: 2000, bytes: 1000 };
const get = { method: 'GET', path: '/' } as const;
const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

t.test('every way in which an answer can break', async t => {
  const reset = (socket: Socket): unknown => socket.resetAndDestroy();
  const end = (socket: Socket): unknown => socket.end();
  for (const [what, bytes, then, failure] of [
    ['reset before an answer', '', reset, 'unreachable'],
    ['closed before an answer', '', end, 'unreachable'],
    ['closed in the status line', 'HTTP/1.1 20', end, 'unreachable'],
    ['closed in the headers', head, end, 'unreachable'],
    ['reset in the body', `${head}Content-Length: 10\r\n\r\n{"a"`, reset, 'cut-off'],
    ['closed in the body', `${head}Content-Length: 10\r\n\r\n{"a"`, end, 'cut-off'],
    [
      'closed in the body of a connection that ends',
      `${head}Connection: close\r\nContent-Length: 10\r\n\r\n{`,
      end,
      'cut-off',
    ],
    ['closed in a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"a`, end, 'cut-off'],
    ['closed before the last chunk', `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n`, end, 'cut-off'],
    [
      'closed in a chunk of a connection that ends',
      `${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{`,
      end,
      'cut-off',
    ],
    ['closed in headers of a connection that ends', `${head}Connection: close\r\n`, end, 'unreachable'],
    ['a chunk of no size', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, undefined, 'malformed'],
    ['not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', undefined, 'malformed'],
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `, undefined, 'malformed'],
    [
      'length and chunks',
      `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      undefined,
      'malformed',
    ],
    ['a header that is none', 'HTTP/1.1 200 OK\r\nno colon\r\n\r\n', undefined, 'malformed'],
    ['headers without end', `${head}X: ${'x'.repeat(70_000)}`, undefined, 'too-large'],
    [
      'an upgrade nobody asked for',
      'HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n',
      undefined,
      'malformed',
    ],
    ['100 Continue nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\n', undefined, 'malformed'],
    ['silence', '', undefined, 'timeout'],
    ['half an answer, then silence', `${head}Content-Length: 10\r\n\r\n{`, undefined, 'timeout'],
  ] as const) {
    const system = await startRaw(socket => {
      socket.write(bytes, () => then?.(socket));
    });
    const transport = new Transport({ baseUrl: system.url, connections: 8 }, logger);
    const found = await transport.send(get, { ...limits, time: failure === 'timeout' ? 50 : 2000 });
    t.match(found, { failure, detail: /./ }, `${what}: ${JSON.stringify(found)}`);
    t.notHas(found, { notActed: true }, 'once it is sent nobody knows');
    await system.close();
    await transport.close();
  }
});

t.test('what is unusual but right', async t => {
  for (const [what, bytes, close] of [
    ['early hints', `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${head}Content-Length: 2\r\n\r\n{}`, false],
    ['no length, until closed', `${head}Connection: close\r\n\r\n{}`, true],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}', true],
    ['chunks', `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n`, false],
  ] as const) {
    const system = await startRaw(socket => {
      socket.write(bytes, () => close && socket.end());
    });
    const transport = new Transport({ baseUrl: system.url, connections: 8 }, logger);
    const found = await transport.send(get, limits);
    t.match(found, { status: 200 }, what);
    t.equal('body' in found && found.body.toString(), '{}', what);
    await system.close();
    await transport.close();
  }
});

t.test('nobody there', async t => {
  const gone = await startHttp(json({}));
  await gone.close();
  for (const baseUrl of [gone.url, 'http://no-such-host.invalid']) {
    const transport = new Transport({ baseUrl, connections: 8 }, logger);
    const found = await transport.send(get, limits);
    t.match(found, { failure: 'unreachable', detail: /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)/, notActed: true });
    await transport.close();
  }
});

t.test('a question given up while it waits for a connection leaves the connection to the next', async t => {
  const system = await startHttp(json({}));
  const transport = new Transport({ baseUrl: system.url, connections: 1 }, logger);
  t.teardown(async () => {
    await transport.close();
    await system.close();
  });
  // Given up before even a local connection can be made.
  const found = await transport.send(get, { ...limits, signal: AbortSignal.abort() });
  t.match(found, { failure: 'timeout', notActed: true });
  t.match(await transport.send(get, limits), { status: 200 });
  t.equal(system.asked.length, 1, 'the one given up was never sent');
  t.equal(system.sockets.length, 1, 'and its connection was used');
});

t.test('bytes that come before any question belong to no answer', async t => {
  let sockets = 0;
  const server = createServer(socket => {
    sockets++;
    socket.on('error', () => undefined);
    socket.on('data', () => {
      const answer = `${head}Content-Length: 2\r\n\r\n{}`;
      // The second is for a question nobody has asked yet.
      socket.write(answer + (sockets === 1 ? answer : ''));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const transport = new Transport({ baseUrl: `http://127.0.0.1:${port}`, connections: 1 }, logger);
  t.match(await transport.send(get, limits), { status: 200 });
  await until(() => true);
  t.match(await transport.send(get, limits), { status: 200 });
  t.equal(sockets, 2, 'the next question goes over another connection');
  await transport.close();
  server.close();
});

t.test('errors by their codes', async t => {
  const error = (code: string, message = 'a message'): Error => Object.assign(new Error(message), { code });
  for (const [code, begun, failure] of [
    ['ECONNREFUSED', false, 'unreachable'],
    ['ECONNRESET', false, 'unreachable'],
    ['ECONNRESET', true, 'cut-off'],
    ['UND_ERR_CONNECT_TIMEOUT', false, 'unreachable'],
    ['UND_ERR_SOCKET', true, 'cut-off'],
    ['UND_ERR_CLOSED', false, 'unreachable'],
    ['UND_ERR_HEADERS_TIMEOUT', false, 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', true, 'timeout'],
    ['ETIMEDOUT', false, 'timeout'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', true, 'cut-off'],
    ['CERT_HAS_EXPIRED', false, 'unreachable'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'unreachable'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', false, 'denied'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', false, 'denied'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', false, 'unreachable'],
  ] as const) {
    t.strictSame(failureOf(error(code), begun), { failure, detail: `${code}: a message` }, code);
  }
  t.strictSame(failureOf(error('ECONNREFUSED', ''), false).detail, 'ECONNREFUSED');
  t.strictSame(failureOf(new TypeError('odd'), false), { failure: 'unreachable', detail: 'TypeError: odd' });
});

t.test('a bug of ours is thrown, not blamed on the department', async t => {
  const transport = new Transport({ baseUrl: 'http://127.0.0.1:1', connections: 8 }, logger);
  await t.rejects(transport.send({ method: 'GET', path: '/a b' }, limits), { code: 'UND_ERR_INVALID_ARG' });
  await transport.close();
});

t.test('once closed it sends nothing, though it never had a connection', async t => {
  const system = await startHttp(json({}));
  t.teardown(() => system.close());
  for (const end of ['close', 'abandon'] as const) {
    const transport = new Transport({ baseUrl: system.url, connections: 1 }, logger);
    await transport[end]();
    t.match(await transport.send(get, limits), { failure: 'unreachable', notActed: true });
  }
});
