import { connect } from 'node:net';
import Fastify from 'fastify';
import t from 'tap';
import { answerClientError } from '../../src/routes/client-error.js';

t.test('what is no HTTP request gets its status, and is told to nobody', async t => {
  const log: string[] = [];
  const app = Fastify({
    logger: { level: 'trace', stream: { write: line => void log.push(line) } },
    clientErrorHandler: answerClientError,
  });
  t.teardown(() => app.close());
  const { hostname, port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const answerTo = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      socket.setEncoding('utf8').on('data', chunk => {
        answer += chunk;
      });
      socket.on('end', () => resolve(answer)).on('error', reject);
    });
  const secret = 'top-s3cret';
  t.match(await answerTo(`${secret}\r\n\r\n`), /^HTTP\/1\.1 400 [^{]*\r\n\r\n$/);
  t.match(await answerTo(`GET / HTTP/1.1\r\nx: ${secret.repeat(4000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  for (const traceOfBytes of [secret, [...Buffer.from(secret)].join()]) t.notMatch(log.join(''), traceOfBytes);
});
