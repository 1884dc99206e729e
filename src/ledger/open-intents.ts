/** The intents that a writer knows to be open in the shard it holds, and which of them nobody else will close. */
export interface OpenIntents {
  /** What became of their exchanges will not be told: the writer has to close them as unknown. */
  readonly forsaken: ReadonlySet<string>;
  isOpen(id: string): boolean;
  opened(id: string): void;
  closed(id: string): void;
  /** Has no effect on one that is not open. */
  forsake(id: string): void;
  /** Takes over what the store says is open: whoever opened those not known here is gone. */
  inherit(ids: readonly string[]): void;
  /** The shard is lost: they stay in it, for its next writer. */
  leave(): void;
}

export function openIntents(): OpenIntents {
  const open = new Set<string>();
  const forsaken = new Set<string>();
  return {
    forsaken,
    isOpen: id => open.has(id),
    opened: id => open.add(id),
    closed(id) {
      open.delete(id);
      forsaken.delete(id);
    },
    forsake(id) {
      if (open.has(id)) forsaken.add(id);
    },
    inherit(ids) {
      for (const id of ids) {
        if (open.has(id)) continue;
        open.add(id);
        forsaken.add(id);
      }
    },
    leave() {
      open.clear();
      forsaken.clear();
    },
  };
}
