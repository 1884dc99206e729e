import { randomBytes } from 'node:crypto';
import t from 'tap';
import { openSealer, type Sealed } from '../../src/exchange/seal.js';

const reply: Sealed = {
  body: '{"status":"married"}',
  asOf: undefined,
  agreement: { id: 'housing-marriage', version: 1 },
  subjects: [{ kind: 'resident', identifier: '11010119900307721X', role: 'asked' }],
};

t.test('what was sealed comes back whole, and shows nothing meanwhile', t => {
  const sealer = openSealer(randomBytes(32));
  const bytes = sealer.seal(reply);
  t.same(sealer.unseal(bytes), { body: reply.body, agreement: reply.agreement, subjects: reply.subjects });
  t.notMatch(bytes.toString('latin1'), /married|11010119900307721X/);
  t.notSame(bytes, sealer.seal(reply), 'a nonce is never used twice');
  t.end();
});

t.test('an altered or foreign seal is refused', t => {
  const sealer = openSealer(randomBytes(32));
  const bytes = sealer.seal(reply);
  for (const at of [0, 12, 28, bytes.length - 1]) {
    const altered = Buffer.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ 1;
    t.equal(sealer.unseal(altered), null);
  }
  t.equal(openSealer(randomBytes(32)).unseal(bytes), null);
  t.equal(sealer.unseal(Buffer.alloc(3)), null);
  t.end();
});

t.test('a digest needs the key', t => {
  const sealer = openSealer(Buffer.alloc(32, 1));
  t.same(sealer.digest('a'), sealer.digest('a'));
  t.notSame(sealer.digest('a'), sealer.digest('b'));
  t.notSame(sealer.digest('a'), openSealer(Buffer.alloc(32, 2)).digest('a'));
  t.end();
});
