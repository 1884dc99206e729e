/** Agreements that a change cannot touch are left out of what it comes to: nothing is lost by that. */
import t from 'tap';
import { type Agreement, agreementState } from '../../src/agreements/agreement.js';
import { consequencesOf } from '../../src/configuration/consequence.js';
import { brokenContracts } from '../../src/configuration/refusal.js';
import { touchedBy } from '../../src/configuration/touched.js';
import type { Registry, Service } from '../../src/registry/registry.js';
import { randomFrom } from '../../src/sandbox/random.js';
import { agreementOf, household, registryOf } from '../agreements/sample.js';

const now = Date.parse('2026-06-01T00:00:00Z');
const ids = Array.from({ length: 6 }, (_, at) => `public-security/service-${at}/v1`);
const consumers = ['housing', 'public-security'];
const purposes = ['public-rental-housing', 'another-purpose'];

t.test('what a change comes to, by all agreements and by those it touches', async t => {
  const random = randomFrom(20_261_130);
  const whole = (below: number) => random.between(0, below - 1);
  const some = <T>(items: readonly T[]): readonly T[] => items.filter(() => random.chance(0.7));
  const serviceOf = (id: string, at: number): Service => ({
    ...household,
    id,
    mapping: `mapping ${whole(3)}`,
    // Of one with a lower number, so that none is made of itself.
    ...(at > 0 && random.chance(0.4)
      ? { parts: [{ step: 'one', service: random.pick(ids.slice(0, at)), isNeeded: true }] }
      : {}),
  });
  const departmentsOf = (before: Registry['departments']) =>
    new Map([...before].map(([id, held]) => [id, random.chance(0.3) ? { ...held, contact: `${whole(9)}@x` } : held]));
  let touched = 0;
  for (let round = 0; round < 300; round++) {
    const services = new Map(ids.map((id, at) => [id, serviceOf(id, at)]));
    const running = registryOf({ services });
    const next = registryOf({
      digest: '01',
      departments: departmentsOf(running.departments),
      purposes: random.chance(0.2) ? new Map([...running.purposes].slice(1)) : running.purposes,
      services: new Map(
        [...services].flatMap(([id, held], at) =>
          random.chance(0.1) ? [] : [[id, random.chance(0.3) ? serviceOf(id, at) : held] as const],
        ),
      ),
    });
    const agreements: Agreement[] = Array.from({ length: 12 }, (_, at) =>
      agreementOf({
        id: `agreement-${at}`,
        consumer: random.pick(consumers),
        service: random.pick(ids),
        purposes: some(purposes),
        state: random.pick([agreementState.active, agreementState.suspended, agreementState.ended]),
        pins: { ...agreementOf().pins, mapping: `mapping ${whole(3)}` },
      }),
    );
    const found = (those: readonly Agreement[]) =>
      consequencesOf(running, next, those, brokenContracts(running, next, those, now), now);
    const { departments, test } = touchedBy(running, next);
    const less = agreements.filter(test);
    const isAmong = ({ consumer, service }: Agreement) =>
      departments === undefined || departments.has(consumer) || departments.has(service.split('/')[0] ?? '');
    if (!less.every(isAmong)) t.fail(`round ${round}: one is touched that no department leads to`);
    touched += less.length;
    t.strictSame(found(less), found(agreements), `round ${round}`);
  }
  t.ok(touched < 300 * 12, 'some were left out');
});
