/** The registry in force: whoever holds one keeps its adapters open and its grants compiled, and no longer. */
import { pino } from 'pino';
import t from 'tap';
import { type Adapters, openAdapters } from '../../src/exchange/adapters.js';
import { openInForce } from '../../src/exchange/in-force.js';
import type { Registry } from '../../src/registry/registry.js';
import { registryOf } from '../agreements/sample.js';

const silent = pino({ level: 'silent' });

function opened(closing: (digest: string) => Promise<void> = async () => {}) {
  const done: string[] = [];
  const adapters = (registry: Registry): Adapters => ({
    ...openAdapters({ ...registry, services: new Map() }, silent),
    async close() {
      await closing(registry.digest);
      done.push(`closed ${registry.digest}`);
    },
  });
  const agreements = {
    adopt: ({ digest }: Registry) => void done.push(`adopted ${digest}`),
    forget: ({ digest }: Registry) => void done.push(`forgot ${digest}`),
  };
  const first = registryOf({ digest: 'a' });
  const inForce = openInForce(first, adapters(first), agreements, silent);
  const replace = (digest: string) => {
    const next = registryOf({ digest });
    inForce.replace(next, adapters(next));
  };
  return { inForce, replace, done };
}

t.test('what is replaced is closed at once where nobody holds it', async t => {
  const { inForce, replace, done } = opened();
  replace('b');
  t.equal(inForce.registry().digest, 'b');
  await inForce.close();
  t.same(done, ['adopted b', 'forgot a', 'forgot b', 'closed a', 'closed b']);
});

t.test('what is held stays open until the last lets go', async t => {
  const { inForce, replace, done } = opened();
  const [one, other] = [inForce.hold(), inForce.hold()];
  replace('b');
  t.equal(one.registry.digest, 'a', 'whoever began with it goes on with it');
  t.equal(inForce.hold().registry.digest, 'b');
  one.letGo();
  t.same(done, ['adopted b']);
  other.hold();
  other.letGo();
  t.same(done, ['adopted b'], 'held once more, let go once');
  other.letGo();
  t.same(done, ['adopted b', 'forgot a']);
});

t.test('one that is held when it is in force no more does not close what is', async t => {
  const { inForce, replace, done } = opened();
  const held = inForce.hold();
  held.letGo();
  t.same(done, []);
  replace('b');
  await inForce.close();
  t.equal(done.at(-1), 'closed b');
});

t.test('to close is to wait for what was replaced before, and an adapter that does not close keeps nobody', async t => {
  let end = () => {};
  const slow = new Promise<void>(resolve => {
    end = resolve;
  });
  const { inForce, replace, done } = opened(async digest => {
    if (digest === 'a') await slow;
    else throw new Error('it does not close');
  });
  replace('b');
  const closed = inForce.close().then(() => done.push('all closed'));
  await Promise.resolve();
  t.notOk(done.includes('all closed'));
  end();
  await closed;
  t.same(done.slice(-2), ['closed a', 'all closed']);
});
