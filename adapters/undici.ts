/** The parts of undici that departments are asked with: all of it, with fetch, WebSocket, caches and mocks, loads four times as long. */
import { createRequire } from 'node:module';

type Undici = typeof import('undici');

const require = createRequire(import.meta.url);

export const Pool: Undici['Pool'] = require('undici/lib/dispatcher/pool.js');
export const { HTTPParserError }: Undici['errors'] = require('undici/lib/core/errors.js');
