/** What stops the gateway from using its store, in words for the operator: printed as one line, without a stack. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
