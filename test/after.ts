/** Runs after the suite: stops the PostgreSQL that `before` started and removes its files. */
import { rm } from 'node:fs/promises';
import { pino } from 'pino';
import { startEmbedded } from '../src/store/embedded.js';
import { suiteFolder } from './suite-folder.js';

const dataFolder = suiteFolder(process.ppid);
const server = await startEmbedded({ dataFolder, logger: pino({ level: 'silent' }) });
await server.stop();
await rm(dataFolder, { recursive: true });
