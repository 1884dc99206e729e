/** What is said of a composite service's settings before anything starts, and which fields of which contracts they name. */
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/composite.js';
import { shapeFindings, strings } from '../../src/registry/shape.js';

const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';
const aboutWhom = { fields: { residentId: { request: 'residentId' } } };
const sound = {
  steps: {
    marriage: { service: marriage, request: aboutWhom },
    household: {
      service: household,
      request: { fields: { residentId: 'marriage.spouse.residentId' } },
      when: { from: 'marriage.status', in: ['married'] },
    },
  },
  reply: { fields: { residentId: { request: 'residentId' }, members: { from: 'household.members', optional: true } } },
};

/** The faults of settings that the schema accepts. */
function faults(ask: JsonObject): string[] {
  const shape = shapeFindings(ask, adapter.serviceSchema, strings.written);
  if (shape.length > 0) return shape.map(({ pointer, rule }) => `${pointer} ${rule}`);
  return (adapter.check?.({}, ask) ?? []).map(({ pointer, message }) => `${pointer} ${message.en}`);
}

t.test('settings that are right', async t => {
  t.strictSame(faults(sound), []);
  t.strictSame(faults({ ...sound, partial: { reasons: 'missing' } }), []);
  const { steps, reply } = sound;
  const alone = { marriage: { ...steps.marriage, when: { request: 'wanted', in: [true, 'yes', 1] } } };
  t.strictSame(faults({ steps: alone, reply: { fields: { ...reply.fields, members: 'marriage.spouse' } } }), []);
});

t.test('steps that are not there, depend on themselves, or are asked for nothing', async t => {
  const { steps, reply } = sound;
  const unknown = { fields: { ...reply.fields, status: 'marriages.status', name: { from: 'request.name' } } };
  t.strictSame(faults({ steps, reply: unknown }), [
    '/reply/fields/status there is no such step',
    '/reply/fields/name/from there is no such step',
  ]);
  const when = { ...steps, household: { ...steps.household, when: { from: 'nobody.x', in: [1] } } };
  t.strictSame(faults({ steps: when, reply }), ['/steps/household/when/from there is no such step']);
  const circle = { ...steps, marriage: { service: marriage, request: { fields: { residentId: 'household.head' } } } };
  const depends = "the step's question depends on its own reply in the end";
  t.strictSame(faults({ steps: circle, reply }), [`/steps/marriage ${depends}`, `/steps/household ${depends}`]);
  const itself = { marriage: { service: marriage, request: { fields: { residentId: 'marriage.residentId' } } } };
  const ofIt = { fields: { status: 'marriage.status' } };
  t.strictSame(faults({ steps: itself, reply: ofIt }), [`/steps/marriage ${depends}`]);
  const unused = { ...steps, other: { service: household, request: aboutWhom } };
  t.strictSame(faults({ steps: unused, reply }), ["/steps/other nobody uses the step's reply"]);
});

t.test('what a partial reply cannot do without', async t => {
  const reply = {
    fields: {
      residentId: { request: 'residentId' },
      kind: { constant: 'check' },
      status: 'marriage.status',
      spouse: { fields: { name: { from: 'marriage.spouse.name' } } },
      members: { from: 'household.members', optional: true, each: 'name' },
      household: { optional: true, fields: { number: 'household.householdNumber' } },
    },
  };
  const demanded = 'a partial reply may lack this, and here it must be there';
  t.strictSame(faults({ ...sound, reply, partial: { reasons: 'missing' } }), [
    `/reply/fields/status ${demanded}`,
    `/reply/fields/spouse/fields/name ${demanded}`,
  ]);
  t.strictSame(faults({ ...sound, reply }), [], 'where all must answer, it may');
});

t.test('what the schema refuses', async t => {
  const { steps, reply } = sound;
  for (const [ask, fault] of [
    [{ reply }, '/steps missing-key'],
    [{ steps: {}, reply }, '/steps wrong-value'],
    [{ steps: { 'Marriage.a': steps.marriage }, reply }, '/steps/Marriage.a wrong-value'],
    [{ steps: { marriage: { request: aboutWhom } }, reply }, '/steps/marriage/service missing-key'],
    [{ steps: { marriage: { ...steps.marriage, service: 'marriage' } }, reply }, '/steps/marriage/service wrong-value'],
    [{ steps, reply, partial: {} }, '/partial/reasons missing-key'],
    [{ steps, reply, mode: 'partial' }, '/mode unknown-key'],
  ] as [JsonObject, string][]) {
    t.equal(faults(ask)[0], fault, JSON.stringify(ask));
  }
});

t.test('the fields that are named, of its own contract and of its parts', async t => {
  t.strictSame(
    adapter.names?.({ ...sound, partial: { reasons: 'missing' } }).map(({ half, path }) => `${half} ${path}`),
    [
      'reply residentId',
      'request residentId',
      'reply members',
      'request residentId',
      'reply missing[].step',
      'reply missing[].code',
      'reply missing[].title',
    ],
  );
  const parts = adapter.parts?.(sound).map(({ step, service, isNeeded, fields }) => ({
    ...{ step, service, isNeeded },
    fields: fields.map(({ half, path }) => `${half} ${path}`),
  }));
  t.strictSame(parts, [
    {
      ...{ step: 'marriage', service: marriage, isNeeded: true },
      fields: ['request residentId', 'reply spouse.residentId', 'reply status'],
    },
    { ...{ step: 'household', service: household, isNeeded: false }, fields: ['request residentId', 'reply members'] },
  ]);
});
