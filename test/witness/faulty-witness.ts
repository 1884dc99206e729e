/** A witness over real HTTP that answers what a test says, as no real one would. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cosigner } from '../../src/ledger/cosignature.js';
import { formatSignature, parseNote, signText } from '../../src/ledger/note.js';
import { formatVerifierKey, noteKey, signatureType } from '../../src/ledger/note-key.js';
import { parseWitnessRequest, type WitnessRequest } from '../../src/ledger/witness-request.js';

export interface FaultyAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly location?: string;
  readonly text: string;
}

export interface FaultyWitness {
  readonly url: string;
  readonly verifierKey: string;
  readonly name: string;
  readonly privateKey: KeyObject;
  /** What it was asked, oldest first. */
  readonly asked: WitnessRequest[];
  /** Sets what it answers from now on; `hang`: it reads the request and never answers. */
  answer(with_: ((request: WitnessRequest) => FaultyAnswer) | 'hang'): void;
}

interface Tap {
  teardown(done: () => unknown): unknown;
}

/** The line of a cosignature over a checkpoint, by any key and of any time (seconds). */
export function cosign(checkpoint: string, name: string, key: KeyObject, time: number): string {
  return formatSignature(signText(parseNote(checkpoint).text, cosigner(name, key, time)));
}

export async function startFaultyWitness(t: Tap, name = 'faulty.example/witness'): Promise<FaultyWitness> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const asked: WitnessRequest[] = [];
  let answer: Parameters<FaultyWitness['answer']>[0] = 'hang';
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const read = parseWitnessRequest(Buffer.concat(chunks).toString());
    asked.push(read);
    if (answer === 'hang') return;
    const { status = 200, type = 'text/plain', location, text } = answer(read);
    response.writeHead(status, { 'content-type': type, ...(location && { location }) }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    verifierKey: formatVerifierKey(noteKey(name, signatureType.cosignature, privateKey)),
    name,
    privateKey,
    asked,
    answer(next) {
      answer = next;
    },
  };
}
