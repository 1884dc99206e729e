/** A thread of its own for reading a file: millions of rows are parsed and sorted without holding up a single exchange. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Ingestion, ingest } from './file-ingest.js';

const found = await ingest(workerData as Ingestion);
parentPort?.postMessage(found, 'index' in found ? [found.index.buffer as ArrayBuffer] : []);
