/** What the terminal can show and who reads it: its width, whether it takes colour, and the reader's language. */
import type { Language } from '../text.js';

export interface Terminal {
  /** Columns; undefined when the output is no terminal, and then nothing is cut to fit. */
  readonly width: number | undefined;
  readonly colour: boolean;
  readonly language: Language;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param stream where the output goes, such as `process.stdout`
 * @param language what the reader asked for; otherwise the environment decides
 */
export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Environment,
  language?: Language,
): Terminal {
  const interactive = stream.isTTY === true;
  return {
    width: interactive ? (stream.columns ?? 80) : undefined,
    // https://no-color.org: any value but the empty one.
    colour: interactive && !environment.NO_COLOR && environment.TERM !== 'dumb',
    language: language ?? environmentLanguage(environment),
  };
}

/** The first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set decides (POSIX.1-2017, section 8.2). */
export function environmentLanguage(environment: Environment): Language {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '';
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** SGR codes (ECMA-48, section 8.3.117) by what they look like. */
const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const;
export type Paint = keyof typeof codes;

/** The text in a colour, or as it is where the terminal takes none. */
export const paint = (text: string, look: Paint | undefined, terminal: Terminal): string =>
  look === undefined || !terminal.colour || text === '' ? text : `\u001b[${codes[look]}m${text}\u001b[0m`;
