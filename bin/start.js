#!/usr/bin/env node
/**
 * What `npm start` runs: `npm run build`, unless nothing has changed since the last time, then the command. It is one process,
 * as another would make the start longer.
 */
import './build.js';

await import('../build/src/cli.js');
