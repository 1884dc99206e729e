/** The intents that a writer has open in the shard it holds, and which of them nobody else will close. */
export interface OpenIntents {
  readonly forsaken: ReadonlySet<string>;
  isOpen(id: string): boolean;
  opened(id: string): void;
  closed(id: string): void;
  /** What became of its exchange will not be told: the writer has to close it as unknown. */
  forsake(id: string): void;
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
    leave() {
      open.clear();
      forsaken.clear();
    },
  };
}
