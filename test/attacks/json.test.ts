import t from 'tap';
import { jsonFault, readJson } from '../../src/json.js';

const million = 1_048_576;
const fault = (text: string): string | undefined => {
  const read = readJson(Buffer.from(text), 16);
  return 'fault' in read ? read.fault : undefined;
};

t.test('nesting as deep as a body is long neither overflows the stack nor is read', async t => {
  const half = million / 2;
  t.equal(fault('['.repeat(half) + ']'.repeat(half)), jsonFault.tooDeep);
  t.equal(fault(`${'{"a":'.repeat(half / 4)}1${'}'.repeat(half / 4)}`), jsonFault.tooDeep);
  t.equal(fault('['.repeat(million)), jsonFault.notJson);
});

t.test('a deep value cannot hide behind a repeated key', async t => {
  t.equal(fault(`{"a":${'['.repeat(100)}${']'.repeat(100)},"a":1}`), jsonFault.tooDeep);
});

t.test('a repeated key cannot hide behind escapes, colons in strings or a member less elsewhere', async t => {
  t.equal(fault('{"residentId":"1","resident\\u0049d":"2"}'), jsonFault.duplicateKey);
  t.equal(fault('{"a":":","a":"::"}'), jsonFault.duplicateKey);
  t.equal(fault('{"a":"\\":\\"","\\u0061":1}'), jsonFault.duplicateKey);
  t.equal(fault('{"a":{"b":1,"c":2},"a":{"b":1}}'), jsonFault.duplicateKey);
});

t.test('numbers and strings as long as a body are read in linear time', async t => {
  // Quadratic time on these would be hours, past any timeout.
  t.equal(fault(`1${'0'.repeat(million)}1`), jsonFault.numberRange);
  t.equal(fault(`0.${'0'.repeat(million)}1`), jsonFault.numberRange);
  t.equal(fault(`1.${'01'.repeat(million / 2)}`), jsonFault.numberRange);
  t.equal(fault(`1e${'9'.repeat(million)}`), jsonFault.numberRange);
  t.equal(fault(`"${'\\\\'.repeat(million / 2)}"`), undefined);
  t.equal(fault(`"${'\\\\'.repeat(million / 2)}\\ud800"`), jsonFault.notJson);
});
