import t from 'tap';
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from '../../src/ledger/checkpoint.js';
import { leafHash } from '../../src/ledger/merkle.js';
import { parseNote, verifyNote } from '../../src/ledger/note.js';
import { noteVerifier } from '../../src/ledger/note-key.js';
import { checkpointVector } from './vectors.js';

const root = leafHash(Buffer.from('entry'));
const base64 = Buffer.from(root, 'hex').toString('base64');

t.test('a checkpoint of a log in service', async t => {
  const { checkpoint, logKey, origin, size, root } = checkpointVector;
  const note = parseNote(checkpoint);
  t.equal(verifyNote(note, [noteVerifier(logKey)]).length, 1);
  t.same(parseCheckpoint(note.text), { origin, size, root });
  t.equal(formatCheckpoint(parseCheckpoint(note.text)), note.text);
});

t.test('written and read', async t => {
  const checkpoints: Checkpoint[] = [
    { origin: 'stile.example/ledger/3', size: 0, root },
    { origin: '越篱 台账', size: Number.MAX_SAFE_INTEGER, root },
    { origin: 'a', size: 20852163, root, extensions: ['one', 'another one'] },
  ];
  for (const checkpoint of checkpoints) {
    const { origin, size, extensions = [] } = checkpoint;
    const text = formatCheckpoint(checkpoint);
    t.equal(text, [origin, size, base64, ...extensions, ''].join('\n'));
    t.same(parseCheckpoint(text), checkpoint);
  }
});

t.test('what is no checkpoint', async t => {
  const bad: Readonly<Record<string, string>> = {
    nothing: '',
    'no root': 'a\n1\n',
    'no origin': `\n1\n${base64}\n`,
    'a line that does not end': `a\n1\n${base64}`,
    'an extension line that does not end': `a\n1\n${base64}\nb`,
    'an empty extension line': `a\n1\n${base64}\n\n`,
    'one between others': `a\n1\n${base64}\nb\n\nc\n`,
    'no size': `a\n\n${base64}\n`,
    'a size with a leading zero': `a\n01\n${base64}\n`,
    'two zeros': `a\n00\n${base64}\n`,
    'a negative size': `a\n-1\n${base64}\n`,
    'a size with a sign': `a\n+1\n${base64}\n`,
    'a size with a space': `a\n1 \n${base64}\n`,
    'a size in hex': `a\n0x1\n${base64}\n`,
    'a size with an exponent': `a\n1e3\n${base64}\n`,
    'a fraction': `a\n1.0\n${base64}\n`,
    'digits of another script': `a\n１\n${base64}\n`,
    'a size that would be rounded': `a\n9007199254740993\n${base64}\n`,
    'a size no number holds': `a\n3438945738945739845734895735\n${base64}\n`,
    'a root in hex': `a\n1\n${root}\n`,
    'a short root': `a\n1\n${Buffer.from(root, 'hex').subarray(1).toString('base64')}\n`,
    'a long root': `a\n1\n${Buffer.from(`${root}00`, 'hex').toString('base64')}\n`,
    'a root without padding': `a\n1\n${base64.replace('=', '')}\n`,
    'a root with bits to spare': `a\n1\n${base64.slice(0, -2)}${String.fromCharCode(base64.charCodeAt(42) + 1)}=\n`,
  };
  for (const [what, text] of Object.entries(bad)) t.throws(() => parseCheckpoint(text), SyntaxError, what);
});

t.test('what is not written', async t => {
  const good = { origin: 'a', size: 1, root };
  for (const bad of [
    { origin: '' },
    { origin: 'a\nb' },
    { origin: `a\n1\n${base64}` },
    { size: -1 },
    { size: 0.5 },
    { size: 2 ** 53 },
    { size: Number.NaN },
    { root: '' },
    { root: root.slice(2) },
    { extensions: [''] },
    { extensions: ['a\nb'] },
  ]) {
    t.throws(() => formatCheckpoint({ ...good, ...bad }), TypeError, JSON.stringify(bad));
  }
});
