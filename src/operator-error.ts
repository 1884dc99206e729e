/** What only the operator can mend, such as a port in use: the command line prints its words, and no stack. */
import type { Text } from './text.js';

export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
  /** What is wrong and what to do about it. */
  readonly text: Text;

  constructor(text: Text, options?: ErrorOptions) {
    super(text.en, options);
    this.text = text;
  }
}
