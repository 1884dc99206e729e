import t from 'tap';
import { openAgreementIndex } from '../../src/agreements/agreement-index.js';
import { watchAgreements } from '../../src/agreements/watch.js';
import { database } from '../database.js';
import { silent } from './open-agreements.js';
import { agreementOf, household, registryOf } from './sample.js';

t.test('a read that failed after a notification is tried again until it succeeds', async t => {
  let failing = 0;
  let version = 1;
  const index = await openAgreementIndex({
    read: async () => {
      if (failing-- > 0) throw new Error('the store is away');
      return { version, agreements: [agreementOf({ version })] };
    },
    registry: registryOf(),
    secret: Buffer.alloc(32),
  });
  version = 2;
  failing = 2;
  // The first notification is that it listens at all.
  const watch = await watchAgreements(await database(t), index, silent);
  t.teardown(() => watch.close());
  for (let wait = 0; index.current().version < 2 && wait < 1000; wait++) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  t.equal(index.current().of('housing', household.id)[0]?.agreement.version, 2);
});
