/** What is said of config files that were rolled back from, and so are taken up by an operator alone. */
import type { HeldBack } from '../configuration/held-back.js';
import type { Text } from '../text.js';
import { harmless } from './display.js';
import { paint, type Terminal } from './terminal.js';

export function heldBackLine({ record, staff }: HeldBack, terminal: Terminal): string {
  const line = text[terminal.language].replace('%1', record).replace('%2', () => harmless(staff?.id ?? '?'));
  return paint(line, 'yellow', terminal);
}

const text: Text = {
  zh: '%2 已从这些文件回退（记录 %1）：它们不会自动生效，重启也一样；stile apply 或 SIGHUP 才会启用。',
  en: '%2 rolled back from these files (record %1): nothing takes them up but stile apply or SIGHUP, a restart neither.',
};
