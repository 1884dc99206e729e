import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isInstalled } from '../installed.js';
import { until } from '../until.js';
import { dropFolder, encoded, lines, openDrop } from './drops.js';
import { sshd, startSftpServer } from './sftp-server.js';

const two = lines('zjhm,xm', '1,陈思远', '2,林晓雯');
const wrongHost = `SHA256:${'A'.repeat(43)}`;

t.test('a folder over SFTP, by OpenSSH’s own server', async t => {
  // Without arguments that it knows, it tells its version and ends.
  if (!isInstalled(t, [sshd, '-V'])) return;
  const server = await startSftpServer(t);
  const { port, user, key, hostKey } = server;
  const sftp = { host: '127.0.0.1', port, user, key, hostKeys: [hostKey] };
  const { folder, put } = dropFolder(t);

  await t.test('rows are found in what is fetched, and a new file takes the old one’s place', async t => {
    put('accounts_20261031.csv', encoded(two, 'gb18030'));
    const settings = { sftp, file: 'accounts_{YYYYMMDD}.csv', encoding: 'GB18030' };
    const { ask, probe } = openDrop(t, folder, settings);
    await until(async () => (await probe()) === null);
    t.strictSame(await ask('1'), { asOf: '2026-10-31T00:00:00+08:00', body: { residentId: '1', name: '陈思远' } });
    put('accounts_20261101.csv', encoded(lines('zjhm,xm', '1,new'), 'gb18030'));
    await until(async () => JSON.stringify(await ask('1')).includes('new'));
    put('accounts_20261102.csv', encoded(lines('zjhm,xm', '1,a,b'), 'gb18030'));
    await until(async () => (await probe())?.failure === 'malformed');
    t.match(await probe(), { detail: 'accounts_20261102.csv is refused: line 2 has 3 cells where 2 are due' });
    t.match(await ask('1'), { body: { name: 'new' } });
  });

  await t.test('a server with another host key is told nothing', async t => {
    const before = server.log().length;
    const { ask, log } = openDrop(t, folder, { sftp: { ...sftp, hostKeys: [wrongHost] } });
    const detail = 'no file can be read: the machine’s host key is none of those that config has';
    t.strictSame(await ask('1'), { failure: 'denied', detail });
    t.notMatch(server.log().slice(before), /Accepted|Failed|publickey/, 'it was not even told who asks');
    t.match(log.join(''), detail);
  });

  await t.test('a host key among several, as while it is changed', async t => {
    put('accounts.csv', two);
    const { ask, probe } = openDrop(t, folder, { sftp: { ...sftp, hostKeys: [wrongHost, hostKey] } });
    await until(async () => (await probe()) === null);
    t.match(await ask('2'), { body: { name: '林晓雯' } });
  });

  await t.test('a login that it does not accept', async t => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const other = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const { ask, log } = openDrop(t, folder, { sftp: { ...sftp, key: other } });
    const detail = 'no file can be read: the machine does not accept these credentials';
    t.strictSame(await ask('1'), { failure: 'denied', detail });
    t.notMatch(log.join(''), /PRIVATE KEY/);
    const password = openDrop(t, folder, {
      sftp: { host: '127.0.0.1', port, user, password: 'secret', hostKeys: [hostKey] },
    });
    t.strictSame(await password.ask('1'), { failure: 'denied', detail });
    t.notMatch(password.log.join(''), 'secret');
  });

  await t.test('links and folders there are no files', async t => {
    const elsewhere = dropFolder(t);
    elsewhere.put('secret.csv', two);
    symlinkSync(join(elsewhere.folder, 'secret.csv'), join(folder, 'linked.csv'));
    mkdirSync(join(folder, 'further.csv'));
    for (const file of ['linked.csv', 'further.csv']) {
      t.match(await openDrop(t, folder, { sftp, file }).ask('1'), {
        failure: 'unreachable',
        detail: 'there is no such file',
      });
    }
  });

  await t.test('a file larger than it may be is fetched no further', async t => {
    put('large.csv', lines('zjhm,xm', `1,${'a'.repeat(5000)}`));
    const { probe } = openDrop(t, folder, { sftp, file: 'large.csv', limits: { bytes: 4000 } });
    await until(async () => (await probe())?.failure === 'malformed');
    t.match(await probe(), { detail: 'large.csv is refused: it has more than 4000 bytes' });
  });

  await t.test('while the server is away the last file is answered from, and it is found again', async t => {
    put('kept.csv', two);
    const { ask, probe } = openDrop(t, folder, { sftp, file: 'kept.csv' });
    await until(async () => (await probe()) === null);
    await server.stop();
    await until(async () => (await probe())?.failure === 'unreachable');
    t.match(await ask('1'), { body: { name: '陈思远' } });
    await server.start();
    put('kept.csv', lines('zjhm,xm', '1,later'));
    await until(async () => JSON.stringify(await ask('1')).includes('later'));
    t.equal(await probe(), null);
  });
});
