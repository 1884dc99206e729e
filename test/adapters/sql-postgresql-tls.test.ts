/** TLS to a department's PostgreSQL: verified, or there is no connection. */
import { type AddressInfo, connect, createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { type Certificate, makeAuthority } from './certificates.js';
import { postgresql } from './sql-postgresql-systems.js';
import { answered, openSql } from './sql-systems.js';

const authority = makeAuthority('a private authority');
const name = 'marriages.civil-affairs.stile.example';

/** What a server answers to the request for TLS (PostgreSQL, "SSL Session Encryption"). */
const willing = 'S';
const unwilling = 'N';

/** Speaks TLS before the suite's server, which listens on no network. */
async function front(t: Test, host: string, port: number, certificate: Certificate | undefined): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(certificate === undefined ? unwilling : willing);
      if (certificate === undefined) return;
      const secure = new TLSSocket(socket, { isServer: true, cert: certificate.certificate, key: certificate.key });
      const behind = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
      for (const end of [secure, behind])
        end.on('error', () => undefined).on('close', () => [secure, behind].map(one => one.destroy()));
      secure.pipe(behind).pipe(secure);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise(resolve => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

t.test('the certificate is verified, by the name that config says', async t => {
  const { settings } = await postgresql(t);
  const port = await front(t, settings.host, settings.port, authority.issue(name));
  const { unencrypted: _, ...login } = settings;
  const ask = async (more: object) => {
    const { opened, ask } = openSql(t, { ...login, host: '127.0.0.1', port, ...more });
    const found = await ask();
    await opened.close();
    return found;
  };
  const tls = { authority: authority.certificate, serverName: name };
  const refused = { failure: 'unreachable', notActed: true };
  t.strictSame(await ask({ tls }), answered);
  t.match(await ask({ tls: { ...tls, serverName: 'other.stile.example' } }), refused);
  t.match(await ask({ tls: { authority: authority.certificate } }), refused, 'an address is no name of it');
  t.match(await ask({ tls: { serverName: name } }), refused, 'nobody vouches for it');
  t.match(await ask({ tls: { ...tls, authority: makeAuthority('another').certificate } }), refused);
  t.strictSame(await ask({ unverifiedTls: true }), answered);

  const byAddress = await front(t, settings.host, settings.port, authority.issue('127.0.0.1'));
  t.strictSame(await ask({ port: byAddress, tls: { authority: authority.certificate } }), answered);
});

t.test('a server without TLS is told nothing', async t => {
  const { settings } = await postgresql(t);
  const port = await front(t, settings.host, settings.port, undefined);
  const { unencrypted: _, ...login } = settings;
  const { ask } = openSql(t, { ...login, host: '127.0.0.1', port });
  t.match(await ask(), { failure: 'unreachable', notActed: true, detail: /does not support SSL/ });
});
