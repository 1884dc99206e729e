#!/usr/bin/env node
/**
 * What `npx stile` runs. It is checked in, not built: npx links and marks it once, so that a build that comes later,
 * or again, would leave it without a command or without the right to run it.
 */
import { existsSync } from 'node:fs';

const command = new URL('../build/src/cli.js', import.meta.url);

if (existsSync(command)) {
  await import(command.href);
} else {
  process.stderr.write('Stile is not built yet / 尚未构建: npm run build\n');
  process.exitCode = 1;
}
