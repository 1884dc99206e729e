import t from 'tap';
import { traceOf } from '../../src/exchange/trace.js';

const trace = '0af7651916cd43dd8448eb211c80319c';

t.test('a valid trace goes on under a span of ours', t => {
  const ours = traceOf(`00-${trace}-b7ad6b7169203331-01`);
  t.match(ours, new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  t.notMatch(ours, /b7ad6b7169203331/);
  t.match(traceOf(`cc-${trace}-b7ad6b7169203331-01-what-the-future-adds`), new RegExp(`^00-${trace}-`));
  t.end();
});

t.test('an invalid one starts a new trace', t => {
  for (const header of [
    undefined,
    '',
    `ff-${trace}-b7ad6b7169203331-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-b7ad6b7169203331-01-more`,
    `00-${trace.toUpperCase()}-b7ad6b7169203331-01`,
  ]) {
    const ours = traceOf(header);
    t.match(ours, /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    t.notMatch(ours, new RegExp(trace));
  }
  t.not(traceOf(undefined), traceOf(undefined));
  t.end();
});
