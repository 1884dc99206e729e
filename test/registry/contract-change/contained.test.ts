/** Whatever passes the one schema and not the other was found lacking: for random pairs of schemas and random values. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { contained } from '../../../src/registry/contract-change/contained.js';
import { formats } from '../../../src/registry/formats.js';
import { isSchema, type Schema } from '../../../src/registry/schema-store.js';
import { randomFrom } from '../../../src/sandbox/random.js';
import { changed, randomSchema, randomValue } from './random-schema.js';

const pairs = process.env.STILE_SLOW === '1' ? 6000 : 800;
const values = 60;

/** Whether the value passes; undefined where Ajv 8 trips over a mixture of `unevaluatedProperties` and conditions. */
function passing(schema: Schema): (value: unknown) => boolean | undefined {
  const options = { strict: false, formats, logger: false, meta: false, validateSchema: false } as const;
  const validate = new Ajv2020(options).compile(schema);
  return value => {
    try {
      return validate(value) === true;
    } catch {
      return undefined;
    }
  };
}

t.test('no value shows a proof to be wrong', async t => {
  let proved = 0;
  let refuted = 0;
  for (let seed = 1; seed <= pairs; seed++) {
    const random = randomFrom(seed);
    const narrow = randomSchema(random, 2);
    const wide = random.chance(0.75) ? changed(random, narrow, 2) : randomSchema(random, 2);
    if (!isSchema(narrow) || !isSchema(wide)) continue;
    const lacking = contained(narrow, wide);
    const [passesNarrow, passesWide] = [passing(narrow), passing(wide)];
    const told = lacking.length > 0;
    if (!told) proved++;
    for (let count = 0; count < values; count++) {
      const value = randomValue(random, 2);
      if (passesNarrow(value) !== true || passesWide(value) !== false) continue;
      if (told) refuted++;
      else
        t.fail(`seed ${seed}`, {
          narrow: JSON.stringify(narrow),
          wide: JSON.stringify(wide),
          value: JSON.stringify(value),
        });
      break;
    }
  }
  t.ok(proved > pairs / 10, `${proved} pairs were proved`);
  t.ok(refuted > pairs / 10, `${refuted} were lacking, and a value shows it`);
});
