import { readFileSync } from 'node:fs';
import t from 'tap';
import { divisionsFile, divisionsModule } from '../../schemas/vocabulary/divisions.js';
import { isDivisionCode } from '../../src/registry/formats/division.js';

t.test('the kept codes are those of the packages', async t => {
  t.equal(readFileSync(divisionsFile, 'utf8'), divisionsModule(), 'or else: npm run generate:divisions');
});

t.test('divisions of today and of the past are known', async t => {
  for (const [code, what] of [
    ['440300', 'Shenzhen'],
    ['440311', 'Guangming, since 2018'],
    ['659012', 'Xinxing, since 2021'],
    ['110103', 'Chongwen, until 2010'],
    ['440321', "Bao'an county, until 1993"],
    ['442527', 'Dongguan county, until 1985'],
    ['510202', 'a district of Chongqing when it was in Sichuan'],
    ['710000', 'Taiwan'],
    ['810000', 'Hong Kong'],
    ['820000', 'Macao'],
  ] as const) {
    t.ok(isDivisionCode(code), what);
  }
});

t.test('what never was is not', async t => {
  let count = 0;
  for (let code = 0; code < 1_000_000; code++) if (isDivisionCode(String(code).padStart(6, '0'))) count++;
  t.equal(count, Number(/(\d+) codes/.exec(readFileSync(divisionsFile, 'utf8'))?.[1]));
  for (const code of ['440399', '160000', '200212', '4403', 'abcdef', '44030-']) t.notOk(isDivisionCode(code), code);
});
