/**
 * `kill -9` of the process that signs the roll, at every message on the wire: whatever was signed, in the store or in the file
 * beside the keys, is extended by what is signed later.
 *
 * Fault: kill -9 of the gateway, at every await
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readLogKeys } from '../../src/ledger/log-key.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import { signedFile, verify } from '../attacks/signed-ledger.js';
import { draftOf, openStore } from '../ledger/open-store.js';
import { type Moment, openCutProxy } from './cut-proxy.js';

const program = fileURLToPath(new URL('./roll-process.js', import.meta.url));
/** So that the next one need not wait long for the roll of one that was killed, milliseconds. */
const lease = 100;
/** Every message in the slow suite; in the quick one every fourth, not the same of both moments. */
const step = process.env.STILE_SLOW ? 1 : 4;
const moments: readonly Moment[] = ['before', 'after'];
/** For a busy machine, milliseconds. */
const patience = 400_000;
t.setTimeout(2 * patience);

for (const [turn, moment] of moments.entries()) {
  t.test(`${moment} each message`, { timeout: patience }, async t => {
    const store = await openStore(t);
    const keyFolder = mkdtempSync(join(tmpdir(), 'stile-killed-'));
    t.teardown(() => rmSync(keyFolder, { recursive: true }));
    const ledger = await store.open({ shards: 2 });
    // So that tiles are written too.
    await Promise.all(Array.from({ length: 300 }, () => ledger.append(draftOf())));
    const proxy = await openCutProxy(t, store.database);
    const kept: string[] = [];
    let points = 0;
    let isThrough = false;
    for (let point = 1 + turn; !isThrough; point += step) {
      await ledger.append(draftOf());
      const hung = proxy.hangAt(point, moment).then(() => 'hung');
      const child = spawn(process.execPath, [program, proxy.database, keyFolder, String(lease)], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      t.teardown(() => child.kill('SIGKILL'));
      const ended = once(child, 'exit').then(([code]) => code as number);
      const first = await Promise.race([hung, ended]);
      isThrough = first === 0;
      if (typeof first === 'number') t.equal(first, 0, 'it signed, and found no fault');
      child.kill('SIGKILL');
      await ended;
      kept.push(...signedSoFar(keyFolder));
      points += 1;
    }
    t.ok(points * step > 10, `it was killed at ${points - 1} points`);
    t.ok(new Set(kept).size > 2, 'several were signed on the way');
    await ledger.close();
    const key = verifierKeysOf('test.example/ledger', readLogKeys(keyFolder)).at(-1) ?? '';
    const { findings } = await verify({ key }, { database: store.owner }, { kept });
    t.same(
      findings.filter(({ wrong }) => wrong !== 'unsigned'),
      [],
    );
  });
}

/** What was signed last, as the file beside the keys has it. */
function signedSoFar(keyFolder: string): readonly string[] {
  try {
    return [signedFile(keyFolder)];
  } catch {
    // Killed before anything was signed.
    return [];
  }
}
