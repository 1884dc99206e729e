/** What a statement takes and gives by a database's own word, before any row is read. */

export interface SqlShape {
  readonly columns: readonly SqlColumn[];
  /** In the order of their values; undefined where the database does not say. */
  readonly parameters?: readonly SqlParameter[];
}

export interface SqlColumn {
  readonly name: string;
  /** As the database names it. */
  readonly type: string;
  readonly holds: ColumnContent;
}

/** What `read` gives of a column: a value of one form, of which this is one; or what the type alone does not tell. */
export type ColumnContent = { readonly sample: string | number | boolean } | 'any-text' | 'json' | 'bytes';

export interface SqlParameter {
  readonly type: string;
  /** What it is compared or reckoned with; undefined for what any text may be, such as a date. */
  readonly takes: 'number' | 'boolean' | undefined;
}

/** The database will not have the statement. */
export interface SqlRefusal {
  /** Its own words, which can quote the statement and nothing else. */
  readonly refused: string;
  /** For want of a privilege. */
  readonly isDenied: boolean;
}
