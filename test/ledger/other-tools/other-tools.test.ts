/** What our code writes is verified by other people's: golang.org/x/mod, which checks the module downloads of Go. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeBundle } from '../../../src/ledger/entry-bundle.js';
import { emptyRange, extend, leafHash, rootOf } from '../../../src/ledger/merkle.js';
import { encodeTile } from '../../../src/ledger/tile.js';
import { root } from '../../../src/root.js';
import { isInstalled } from '../../installed.js';
import { writeLog } from './log-folder.js';

const earlier = 1_000;
const size = 70_000;

t.test('a log that Go’s tools verify', async t => {
  if (!isInstalled(t, ['go', 'version'])) return;
  const folder = t.testdir();
  const verifier = build(t.testdirName);
  const entries = Array.from({ length: size }, (_, index) => Buffer.from(`{"id":"${index}","v":1}`));
  const proved = [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, size - 1];
  const { sign } = await writeLog(folder, entries, earlier, proved);
  const verify = () => {
    const { status, stdout, stderr } = spawnSync(verifier, [folder], { encoding: 'utf8' });
    return status === 0 ? stdout : `refused: ${stderr}`;
  };
  t.equal(verify(), '70000 entries, 9 proofs of inclusion, consistent with 1000\n');

  /** Changes one file, and changes it back once Go has refused it. */
  function tamper(path: string, change: (bytes: Buffer) => Buffer | string, refusal: RegExp): void {
    const file = join(folder, path);
    const bytes = readFileSync(file);
    writeFileSync(file, change(Buffer.from(bytes)));
    t.match(verify(), new RegExp(`^refused: .*${refusal.source}`), `${path} is refused`);
    writeFileSync(file, bytes);
  }
  const inconsistent = /inconsistent tile/;
  const badSignature = /invalid signature/;
  const badProof = /invalid transparency proof/;
  tamper('tile/entries/012', flip(100), /entry 30\d\d is not the one in the tree/);
  tamper('tile/entries/273.p/112', bytes => bytes.subarray(0, -1), /is cut off/);
  tamper('tile/entries/273.p/112', bytes => Buffer.concat([bytes, Buffer.of(0, 0)]), /113 entries/);
  tamper('tile/entries/003.p/232', swapEntries, /entry 768 is not/);
  tamper('tile/0/012', flip(100), inconsistent);
  tamper('tile/0/273.p/112', flip(0), inconsistent);
  tamper('tile/0/003.p/232', flip(0), inconsistent);
  tamper('tile/1/000', flip(8191), inconsistent);
  tamper('tile/2/000.p/1', flip(31), inconsistent);
  tamper('tile/1/001.p/17', bytes => bytes.subarray(32), /bad result slice/);
  tamper('checkpoint', replace('\n70000\n', '\n70001\n'), badSignature);
  tamper('checkpoint', changeSignature, badSignature);
  tamper('checkpoint', replace('stile.example/ledger/3\n70', 'stile.example/ledger/4\n70'), badSignature);
  tamper('log.key', () => readFileSync(join(folder, 'witness.key')), /unknown verifier algorithm/);
  tamper('consistency', swapLines, badProof);
  tamper('proof/65536.tlog-proof', replace('index 65536', 'index 65537'), badProof);
  tamper('proof/65536.tlog-proof', replace('extra eyJp', 'extra eyJq'), badProof);

  t.comment('signed, and yet not of one tree');
  const forked = leafHash(Buffer.from('another'));
  tamper('checkpoint.earlier', () => sign(earlier, forked), inconsistent);
  tamper('checkpoint', () => sign(size, forked), inconsistent);
  tamper('checkpoint', () => sign(size - 1, forked), /no such file|inconsistent/);
  t.match(verify(), /^70000 entries/, 'and as it was written, it is taken again');

  t.comment('the earlier tree rewritten, tiles and all: only the consistency proof shows it');
  const others = entries.slice(0, earlier).with(-1, Buffer.from('{"id":"another","v":1}'));
  const last = others.slice(earlier - (earlier % 256));
  writeFileSync(join(folder, 'tile/entries/003.p/232'), encodeBundle(last));
  writeFileSync(join(folder, 'tile/0/003.p/232'), encodeTile(last.map(leafHash)));
  const rewritten = rootOf(extend(emptyRange, others.map(leafHash)));
  tamper('checkpoint.earlier', () => sign(earlier, rewritten), /consistency of 1000 and 70000: invalid/);
});

/** @returns the program that `verify.go` is compiled to */
function build(scratch: string): string {
  const program = join(scratch, 'verify');
  // Debian keeps Go packages in a GOPATH.
  const env = { ...process.env, GOPATH: '/usr/share/gocode', GO111MODULE: 'off', GOCACHE: join(scratch, 'go-cache') };
  const source = join(root, 'test', 'ledger', 'other-tools', 'verify.go');
  const { status, stderr } = spawnSync('go', ['build', '-o', program, source], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`golang-golang-x-mod-dev is needed too: ${stderr}`);
  return program;
}

/** Another letter of base64: a bit alone could make a sign of it that base64 lacks, and what is malformed has no signature to be wrong. */
function changeSignature(bytes: Buffer): Buffer {
  const at = bytes.length - 20;
  bytes.write(bytes.toString('latin1', at, at + 1) === 'A' ? 'B' : 'A', at, 'latin1');
  return bytes;
}

const flip = (at: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
};

const replace = (from: string, to: string) => (bytes: Buffer) => bytes.toString().replace(from, to);

const swapLines = (bytes: Buffer): string => bytes.toString().replace(/^(.*\n)(.*\n)/, '$2$1');

/** The first two entries of a bundle, which are of one length. */
function swapEntries(bytes: Buffer): Buffer {
  const length = 2 + bytes.readUInt16BE();
  return Buffer.concat([bytes.subarray(length, 2 * length), bytes.subarray(0, length), bytes.subarray(2 * length)]);
}
