/** The command as an auditor uses it, with files and a store. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Receipt } from '../../schemas/stile/receipt.js';
import { findingWords } from '../../src/cli/finding-words.js';
import { run } from '../../src/cli/ledger.js';
import { cosigner } from '../../src/ledger/cosignature.js';
import { withCosignature } from '../../src/ledger/cosigned.js';
import { parseNote, signText } from '../../src/ledger/note.js';
import { makeReceipt } from '../../src/ledger/receipt.js';
import { ledgerWrong } from '../../src/ledger/verification/finding.js';
import { witnessVerifierKey } from '../../src/witness/witness-key.js';
import { queryOf } from '../attacks/rewriting.js';
import { signedLedger } from '../attacks/signed-ledger.js';
import { lines, terminalLike } from './audit-terminal.js';
import { strangerOf, verify, zh } from './ledger-verify.js';

const other = strangerOf('test.example');

t.test('every fault has its words in both languages', async t => {
  t.same(Object.keys(findingWords).sort(), Object.values(ledgerWrong).sort());
  t.equal(new Set(Object.values(findingWords).map(({ en }) => en)).size, Object.keys(findingWords).length);
  t.equal(new Set(Object.values(findingWords).map(({ zh }) => zh)).size, Object.keys(findingWords).length);
});

t.test('words that make no sense', async t => {
  const key = ['--key', other];
  for (const words of [[], ['--store', 'x'], ['x', 'y', ...key], ['x'], ['x', ...key, '--language', 'fr']]) {
    const { code, err } = await verify(words);
    t.equal(code, 1, words.join(' '));
    t.match(err, /^stile ledger verify RECEIPT/);
  }
  for (const [words, said] of [
    [['x', '--key', 'y'], { en: /no verifier key/, zh: /不是验证密钥/ }],
    [['/nowhere', ...key], { en: /no file or folder/, zh: /没有文件或目录/ }],
    [['x', ...key, '--resume', 'y'], { en: /for --store alone/, zh: /只用于 --store/ }],
    [['x', ...key, '--since', 'y'], { en: /--store or a URL/, zh: /--store 或 URL/ }],
    [['--store', ...key, '--since', '/nowhere'], { en: /cannot be read \(ENOENT\)/, zh: /无法读取/ }],
    [['--store', ...key, '--since', 'package.json'], { en: /neither a checkpoint/, zh: /既不是检查点/ }],
    [['--store', ...key, '--resume', 'package.json'], { en: /not saved by a verification/, zh: /从头开始/ }],
  ] as const) {
    const error = await verify([...words]).catch((thrown: unknown) => thrown);
    t.match((error as { text?: unknown }).text, said, words.join(' '));
  }
});

t.test('a store and a receipt of it', async t => {
  const signed = await signedLedger(t);
  const { key, database, notes } = signed;
  const folder = t.testdir({ 'first.txt': notes[0] ?? '' });
  const at = (name: string) => join(folder, name);
  const environment = { DATABASE_URL: database };

  const pool = await signed.copy(t);
  const receipt = await makeReceipt(queryOf(pool), { shard: 0, index: 300 });
  t.ok(receipt);
  writeFileSync(at('receipt.json'), JSON.stringify(receipt));

  await t.test('the receipt holds, from a file and from standard input; each part of it is needed', async t => {
    const held = await verify([at('receipt.json'), '--key', key]);
    t.equal(held.code, 0);
    t.match(lines(held.out)[0], 'Record 0/300 is in the ledger of test.example/ledger, as it stands here.');
    t.match(held.out, '"service": "civil-affairs/marriage-status/v1"');
    t.match((await verify(['-', '--key', key], zh, JSON.stringify(receipt))).out, /^记录 0\/300 在 .*台账中/);
    const json = JSON.parse((await verify([at('receipt.json'), '--key', key, '--json'])).out);
    t.match(json, {
      holds: true,
      position: '0/300',
      entry: { kind: 'exchange' },
      roll: { origin: 'test.example/ledger' },
    });
    const whole = receipt as Receipt;
    for (const [text, fault] of [
      [{ ...whole, entry: whole.entry.replace('released', 'refused') }, 'entry'],
      [{ ...whole, roll: { ...whole.roll, entry: '{}' } }, 'roll'],
      [{ ...whole, roll: undefined }, 'malformed'],
      [[], 'malformed'],
    ] as const) {
      const { code, out } = await verify(['-', '--key', key, '--json'], {}, JSON.stringify(text));
      t.same([code, JSON.parse(out)], [2, { holds: false, fault }]);
    }
    t.match(await verify(['-', '--key', key], {}, '{'), { code: 2, out: 'It is no receipt.\n' });
    t.match(await verify([at('receipt.json'), '--key', other]), { code: 2, out: /no good signature of a known key/ });
  });

  await t.test('the store holds, its checkpoint is kept, and it extends what was kept', async t => {
    const words = ['--store', '--key', key];
    const whole = await verify([...words, '--keep', at('kept.txt'), '--since', at('first.txt')], environment);
    t.equal(whole.code, 0, whole.out);
    t.match(
      whole.out,
      /^test\.example: entries: 611, shards: 2, .*\nAll of it holds\. The checkpoint of the roll: size \d+/,
    );
    t.equal(readFileSync(at('kept.txt'), 'utf8'), notes.at(-1));
    const since = ['--since', at('kept.txt'), '--since', at('receipt.json')];
    t.match(await verify([...words, ...since], { ...environment, ...zh }), { code: 0, out: /全部无误/ });
    t.match(
      (await verify(['--store'], environment)).out,
      `Without --key the keys are believed as the store tells them`,
    );
    const json = JSON.parse((await verify([...words, '--json'], environment)).out);
    t.match(json, { holds: true, entries: 611, roll: { note: notes.at(-1) }, isAnchored: true });
  });

  await t.test('what is wrong is named, and nothing is kept', async t => {
    await pool.query(`UPDATE ledger_entries SET consumer = 'another' WHERE shard = 0 AND index = 300`);
    const words = ['--store', '--key', key, '--keep', at('wrong.txt')];
    const altered = { DATABASE_URL: pool.database };
    const { code, out } = await verify(words, altered);
    t.equal(code, 2);
    t.match(lines(out).slice(1), [
      'It does not hold. Findings: 1',
      '  0/300  a search column is not what the entry says (consumer) [columns]',
    ]);
    t.notOk(existsSync(at('wrong.txt')));
    t.match((await verify(words, { ...altered, ...zh })).out, '0/300  检索列与条目不符 (consumer) [columns]');
    t.match(await verify(['--store', '--key', other], environment), { code: 2, out: /\[key\]/ });
  });

  await t.test('witnesses: those who are trusted must have cosigned', async t => {
    const witnesses = ['one.example/witness', 'two.example/witness'].map(name => {
      const { privateKey } = generateKeyPairSync('ed25519');
      return { name, privateKey, key: witnessVerifierKey({ name, privateKey }) };
    });
    const cosign = (note: string) => {
      const [{ name, privateKey }] = witnesses as [(typeof witnesses)[number]];
      return withCosignature(note, signText(parseNote(note).text, cosigner(name, privateKey, 1_790_000_000)));
    };
    const both = witnesses.flatMap(({ key }) => ['--witness', key]);
    const copy = await signed.copy(t);
    await copy.query('UPDATE ledger_checkpoints SET note = $1 WHERE shard = -1', [cosign(notes.at(-1) ?? '')]);
    const cosigned = await makeReceipt(queryOf(copy), { shard: 0, index: 300 });
    writeFileSync(at('cosigned.json'), JSON.stringify(cosigned));
    for (const [words, environment, out] of [
      [[at('cosigned.json')], {}, /Cosigned by one\.example\/witness at 2026-09-21T14:13:20/],
      [['--store'], { DATABASE_URL: copy.database }, /All of it holds/],
    ] as const) {
      const asked = [...words, '--key', key, ...both];
      t.match(await verify([...asked, '--required', '1'], environment), { code: 0, out });
      t.match(await verify(asked, environment), { code: 2, out: /[Tt]oo few of the witnesses/ });
    }
    t.equal((await verify(['--store', '--key', key, ...both, '--required', '1'], environment)).code, 2);

    await copy.query(`INSERT INTO ledger_witnessed (shard, size, root, note) VALUES (-1, 1, '', $1)`, [
      cosign(notes[0] ?? ''),
    ]);
    const last = ['--store', '--key', key, ...both, '--required', '1'];
    t.equal((await verify(last, { DATABASE_URL: copy.database })).code, 0, 'what they cosigned last is extended');
    await copy.query(`UPDATE ledger_witnessed SET note = 'none'`);
    t.match((await verify(last, { DATABASE_URL: copy.database })).out, 'roll  the checkpoint is malformed');
    for (const wrong of [
      ['--witness', key],
      ['--required', '1'],
      [...both, '--required', 'x'],
    ])
      await t.rejects(verify(['--store', '--key', key, ...wrong], environment), /--witness|--required/);
  });

  await t.test('it is broken off and resumed', async t => {
    const words = ['--store', '--key', key, '--resume', at('state.json')];
    const io = terminalLike(environment);
    io.end();
    t.equal(await run(['verify', ...words], io), 1);
    t.match(io.out(), 'the same --resume goes on from here');
    t.equal(JSON.parse(readFileSync(at('state.json'), 'utf8')).version, 1);
    const rest = await verify(words, environment);
    t.match(rest, { code: 0, out: /entries: 611/ });
    t.match(await verify(words, environment), { code: 0, out: /entries: 611/ }, 'from its end on');
  });

  await t.test('a store that is not there', async t => {
    for (const [environment, said] of [
      [{ STILE_DATA: at('none') }, { en: /There is no store/, zh: /没有存储库/ }],
      [{ DATABASE_URL: 'postgresql://127.0.0.1:1/x' }, { en: /cannot be read/, zh: /无法读取/ }],
    ] as const) {
      const error = await verify(['--store', '--key', key], environment).catch((thrown: unknown) => thrown);
      t.match((error as { text?: unknown }).text, said);
    }
  });
});
