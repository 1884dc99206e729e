/** What keeps the gateway from its store. */
import { OperatorError } from '../operator-error.js';

export class StoreError extends OperatorError {
  override readonly name = 'StoreError';
}
