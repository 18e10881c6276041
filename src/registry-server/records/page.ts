/** A stretch of an ordered list of names. */
export interface Page {
  /** The first name is the one after this; empty: from the start. */
  readonly after: string;
  /** How many at most; negative: all. */
  readonly limit: number;
}

export const everything: Page = { after: '', limit: -1 };
