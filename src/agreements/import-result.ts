/** What an import came to for one agreement. */
export const importResult = { made: 'made', changed: 'changed', unchanged: 'unchanged' } as const;
export type ImportResult = (typeof importResult)[keyof typeof importResult];
