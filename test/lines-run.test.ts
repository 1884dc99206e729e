/** Which lines count as run, by what V8 tells of the compiled file; worked out by hand. */
import t from 'tap';
import { linesRun } from './lines-run.js';

const text = [
  '/** Doubles. */',
  'export function double(value) {',
  '    if (value === 0)',
  '        return 0;',
  '    // The rest.',
  '    return value * 2;',
  '}',
  '',
  'const unused = () => {',
  '    return 1;',
  '};',
  'export {};',
].join('\n');
/** Each line is eleven further on in the source, as below lines of types; VLQ of Base64, one segment a line. */
const map = {
  version: 3,
  file: 'double.js',
  sources: ['double.ts'],
  sourceRoot: '',
  names: [],
  sourcesContent: [],
  mappings: `AAWA${';AACA'.repeat(11)}`,
};
const all = [13, 14, 15, 17, 18, 20, 21, 22];

/** From the first text up to the last, inclusive. */
function range(from: string, to: string, count: number) {
  const startOffset = text.indexOf(from);
  return { startOffset, endOffset: text.indexOf(to, startOffset) + to.length, count };
}

t.test('all lines that have code could run', async t => {
  t.same([...linesRun({ text, map }, [])], all);
});

t.test('a part that did not run is left out, and one within it that ran is not', async t => {
  const whole = { startOffset: 0, endOffset: text.length, count: 1 };
  const double = [range('function double', '\n}', 1), range('return 0', '0;', 0)];
  const unused = [range('() =>', '1;\n}', 0)];
  const functions = [{ ranges: [whole] }, { ranges: double }, { ranges: unused }];
  // Line 20 begins outside the function, and line 22 ends there.
  t.same([...linesRun({ text, map }, functions)], [13, 14, 17, 18, 20, 22]);
  const reversed = [...functions].reverse();
  t.same([...linesRun({ text, map }, reversed)], [13, 14, 17, 18, 20, 22]);
});

t.test('a function that was called in a part that was not', async t => {
  const functions = [{ ranges: [range('export function', '\n}', 0)] }, { ranges: [range('return value', '2;', 1)] }];
  t.same([...linesRun({ text, map }, functions)], [17, 20, 21, 22]);
});
