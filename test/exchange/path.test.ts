import t from 'tap';
import { isCanonical, notCanonical, notFound, readTarget } from '../../src/exchange/path.js';

t.test('the one spelling of a service passes, with its query apart', t => {
  t.same(readTarget('/exchange/civil-affairs/marriage-status/v1'), {
    way: 'exchange',
    service: 'civil-affairs/marriage-status/v1',
    query: '',
  });
  t.same(readTarget('/explain/a/b/v12?x=%2F'), { way: 'explain', service: 'a/b/v12', query: 'x=%2F' });
  t.end();
});

t.test('what a router would decode or normalise is refused', t => {
  for (const target of [
    '/exchange/civil-affairs%2Fmarriage-status/v1',
    '/%65xchange/civil-affairs/marriage-status/v1',
    '/exchange/a/../b/v1',
    '/exchange/a/%2e%2e/v1',
    '/exchange/./a/b/v1',
    '/exchange//a/b/v1',
    '//exchange/a/b/v1',
    '/exchange/a/b/v1//',
    '/exchange/a/b/v1%00',
    '/exchange/a/b\\v1',
    '/exchange/a/b/v1;x=1',
    '/exchange/a/b%ff/v1',
    '/exchange/户籍/b/v1',
    'http://other.example/exchange/a/b/v1',
    '*',
    '',
  ]) {
    t.equal(readTarget(target), notCanonical, target);
  }
  t.end();
});

t.test('a plain path that names no service is not found, not refused', t => {
  for (const target of [
    '/',
    '/exchange',
    '/exchange/a/b',
    '/exchange/a/b/1',
    '/exchange/a/b/v0',
    '/exchange/a/b/v1/',
    '/exchange/A/b/v1',
    '/exchange/a-/b/v1',
    '/exchange/a/b/v1/c',
    `/exchange/${'a'.repeat(600)}/b/v1`,
    '/exchange/a/...b/v1',
  ]) {
    t.equal(readTarget(target), notFound, target);
  }
  t.ok(isCanonical('/docs'));
  t.end();
});
