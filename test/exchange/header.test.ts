import t from 'tap';
import { readCase, readKey, readName } from '../../src/exchange/header.js';

/** As Node hands over a header whose bytes are UTF-8. */
const asSent = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

t.test('an absent header is undefined', t => {
  t.equal(readName(undefined), undefined);
  t.equal(readCase(undefined), undefined);
  t.equal(readKey(undefined), undefined);
  t.end();
});

t.test('a purpose is a coded name', t => {
  t.equal(readName('public-rental-housing'), 'public-rental-housing');
  for (const bad of ['', 'Public', 'a b', '-a', 'a-', 'a'.repeat(65), ['a', 'b']])
    t.equal(readName(bad), null, String(bad));
  t.end();
});

t.test('a case number may be Chinese, in UTF-8 only', t => {
  t.equal(readCase(asSent('深房保〔2026〕12号')), '深房保〔2026〕12号');
  t.equal(readCase('H-2026/0012'), 'H-2026/0012');
  t.equal(readCase('caf\u00e9'), null, 'Latin-1 bytes are not UTF-8');
  t.equal(readCase('a\u0000b'), null);
  t.equal(readCase('x'.repeat(129)), null);
  t.equal(readCase(['a', 'b']), null);
  t.end();
});

t.test('a case number never carries a person into the ledger', t => {
  t.equal(readCase('11010119900307721X'), null);
  t.equal(readCase('case 110101199003077213 urgent'), null);
  t.equal(readCase('2026-110101'), '2026-110101');
  t.end();
});

t.test('an idempotency key may be quoted', t => {
  t.equal(readKey('"8e03978e-40d5"'), '8e03978e-40d5');
  t.equal(readKey('8e03978e-40d5'), '8e03978e-40d5');
  t.equal(readKey('a b'), null);
  t.equal(readKey('x'.repeat(129)), null);
  t.end();
});
