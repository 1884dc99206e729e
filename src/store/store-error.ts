/** What keeps the gateway from its store, in words for the operator: printed as one line, without a stack. */
import type { Text } from '../text.js';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly text: Text;

  constructor(text: Text, options?: ErrorOptions) {
    super(text.en, options);
    this.text = text;
  }
}
