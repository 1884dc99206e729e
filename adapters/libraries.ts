/** Libraries that only some files and questions need: each is loaded by whoever asks for it first, as a start would wait for it otherwise. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const loaded = new Map<string, unknown>();

function load<T>(name: string): T {
  if (!loaded.has(name)) loaded.set(name, require(name));
  return loaded.get(name) as T;
}

export const libraries = {
  get iconv(): typeof import('iconv-lite') {
    return load('iconv-lite');
  },
  get jsonata(): typeof import('jsonata') {
    return load('jsonata');
  },
  get xml(): typeof import('fast-xml-parser') {
    return load('fast-xml-parser');
  },
  get yaml(): typeof import('yaml') {
    return load('yaml');
  },
  get zip(): typeof import('yauzl') {
    return load('yauzl');
  },
};
