import t from 'tap';
import { leafHash } from '../../src/ledger/merkle.js';
import { formatTlogProof, parseTlogProof, type TlogProof } from '../../src/ledger/tlog-proof.js';
import { checkpointVector } from './vectors.js';

const { checkpoint } = checkpointVector;
const proof = ['one', 'two', 'three'].map(text => leafHash(Buffer.from(text)));
const lines = proof.map(hash => `${Buffer.from(hash, 'hex').toString('base64')}\n`).join('');
const header = 'c2sp.org/tlog-proof@v1\n';

t.test('written and read', async t => {
  const proofs: Readonly<Record<string, TlogProof>> = {
    [`${header}index 73894\n${lines}\n${checkpoint}`]: { index: 73894, proof, checkpoint },
    [`${header}extra AAEC/w==\nindex 0\n${lines}\n${checkpoint}`]: {
      extra: Buffer.of(0, 1, 2, 255),
      index: 0,
      proof,
      checkpoint,
    },
    [`${header}index 0\n\n${checkpoint}`]: { index: 0, proof: [], checkpoint },
  };
  for (const [text, proof] of Object.entries(proofs)) {
    t.equal(formatTlogProof(proof), text);
    t.same(parseTlogProof(text), proof);
  }
});

t.test('what is no proof', async t => {
  const good = `${header}extra AAEC\nindex 5\n${lines}\n${checkpoint}`;
  const bad: Readonly<Record<string, string>> = {
    nothing: '',
    'another version': good.replace('@v1', '@v2'),
    'no header': good.slice(header.length),
    'something before it': `\n${good}`,
    'carriage returns': good.replaceAll('\n', '\r\n'),
    'extra data after the index': `${header}index 5\nextra AAEC\n${lines}\n${checkpoint}`,
    'extra data twice': good.replace('index', 'extra AAEC\nindex'),
    'no extra data in its line': good.replace('extra AAEC', 'extra '),
    'extra data that is not base64': good.replace('AAEC', 'AAE'),
    'no index': good.replace('index 5\n', ''),
    'two indexes': good.replace('index 5\n', 'index 5\nindex 5\n'),
    'an index with a leading zero': good.replace('index 5', 'index 05'),
    'a negative index': good.replace('index 5', 'index -5'),
    'an index that is no number': good.replace('index 5', 'index five'),
    'an index no number holds': good.replace('index 5', 'index 9007199254740992'),
    'an index by another name': good.replace('index 5', 'place 5'),
    'an index without its name': good.replace('index 5', '5'),
    'a hash that is none': `${header}index 5\n${lines}AAEC\n\n${checkpoint}`,
    'a hash in hex': `${header}index 5\n${proof[0]}\n\n${checkpoint}`,
    'no empty line': `${header}index 5\n${lines}${checkpoint}`,
    'two empty lines': `${header}index 5\n${lines}\n\n${checkpoint}`,
    'no checkpoint': `${header}index 5\n${lines}\n`,
    'a checkpoint that is not signed': `${header}index 5\n${lines}\n${checkpoint.split('\n\n')[0]}\n`,
    'a signed note that is no checkpoint': good.replace('1432088532', 'many'),
    'something after it': `${good}\n`,
  };
  for (const [what, text] of Object.entries(bad)) t.throws(() => parseTlogProof(text), SyntaxError, what);
  t.doesNotThrow(() => parseTlogProof(good));
});

t.test('what is not written', async t => {
  const good = { index: 5, proof, checkpoint };
  for (const bad of [
    { extra: Buffer.of() },
    { index: -1 },
    { index: 1.5 },
    { proof: [''] },
    { proof: ['', ...proof] },
    { proof: [proof[0]?.slice(2) ?? ''] },
    { checkpoint: '' },
    { checkpoint: `\n${checkpoint}` },
  ]) {
    t.throws(() => formatTlogProof({ ...good, ...bad }), TypeError, JSON.stringify(bad).slice(0, 60));
  }
});
