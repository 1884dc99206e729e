import t from 'tap';
import { openAccessLog } from '../../src/sandbox/access-log.js';
import { startDepartments } from '../../src/sandbox/departments.js';

t.test('an interface’s requests alone, with whatever stood in an id quoted', t => {
  const log = openAccessLog();
  log.note('a', 'marriages');
  log.note('b', 'appointments');
  log.note('c,"d"\r\n', 'marriages');
  const lines = log.export('marriages').replace(/^[\d-]+T[\d:.]+Z/gm, 'TIME');
  t.equal(lines, 'time,requestId,operation\r\nTIME,a,marriages\r\nTIME,"c,""d""\r\n",marriages\r\n');
  t.same(log.requestIds(), ['a', 'b', 'c,"d"\r\n']);
  t.end();
});

t.test('departments export theirs over HTTP; what they refused is not in it, nor are exports', async t => {
  const departments = await startDepartments({ host: '127.0.0.1', apiKey: 'a key', secret: 'a secret' });
  t.teardown(() => departments.close());
  const { url } = departments.civilAffairs;
  const ask = (key: string, id: string) =>
    fetch(`${url}/api/marriages/440304198804123031`, { headers: { 'x-api-key': key, 'x-request-id': id } });
  await ask('another key', 'refused');
  await ask('a key', 'served');
  for (let exported = 0; exported < 2; exported++) {
    const answer = await fetch(`${url}/access-log/marriages`);
    t.match(answer.headers.get('content-type'), 'text/csv');
    t.match(await answer.text(), /^time,requestId,operation\r\n[^,]+,served,marriages\r\n$/);
  }
  t.equal(departments.publicSecurity.export('household'), 'time,requestId,operation\r\n');
});
