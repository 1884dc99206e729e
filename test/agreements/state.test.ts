import t from 'tap';
import { agreementState } from '../../src/agreements/agreement.js';
import { agreementAction, nextState, stateOf } from '../../src/agreements/state.js';
import { agreementOf, household } from './sample.js';

t.test('every action from every state', async t => {
  const table = {
    active: { import: 'active', suspend: 'suspended', end: 'ended' },
    suspended: { import: 'suspended', resume: 'active', end: 'ended' },
    waiting: { import: 'active', suspend: 'suspended', consent: 'active', end: 'ended' },
    ended: {},
  };
  for (const state of Object.values(agreementState)) {
    const allowed: Readonly<Record<string, string>> = table[state];
    for (const action of Object.values(agreementAction)) {
      t.equal(nextState(action, state), allowed[action], `${action} when ${state}`);
    }
  }
});

t.test(
  'an active agreement waits when a pin has moved or its service is gone; no other state is hidden by that',
  async t => {
    t.equal(stateOf(agreementOf(), household), 'active');
    t.equal(stateOf(agreementOf(), undefined), 'waiting');
    const moved = { ...household, sharing: 'unconditional' as const };
    t.equal(stateOf(agreementOf(), moved), 'waiting');
    t.equal(stateOf(agreementOf({ state: 'suspended' }), moved), 'suspended');
    t.equal(stateOf(agreementOf({ state: 'ended' }), undefined), 'ended');
  },
);
