/** The project's own pages as tests read them: prose, and the blocks of code in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../src/root.js';

export interface Page {
  /** Within the project, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text without its blocks of code. */
  readonly prose: string;
  readonly blocks: readonly Block[];
}

export interface Block {
  /** What stands behind the fence; empty where nothing does. */
  readonly language: string;
  readonly text: string;
  /** The file that the line before the block says it is. */
  readonly file: string | undefined;
}

const fence = /(?:^`([^`\n]+)`\n\n)?^```(\w*)\n(.*?)^```$/gms;

export const readmes = ['README.md', 'README.zh-CN.md'] as const;

export const pages: readonly Page[] = [
  ...readmes,
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
].map(readPage);

function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks = [...text.matchAll(fence)].map(([, file, language = '', code = '']) => ({
    file,
    language,
    text: code,
  }));
  return { path, text, prose: text.replace(fence, ''), blocks };
}

/** @throws when there is no such page */
export function pageOf(path: string): Page {
  const page = pages.find(each => each.path === path);
  if (page === undefined) throw new Error(`there is no page ${path}`);
  return page;
}
