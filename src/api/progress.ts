export interface ProgressDetail {
  readonly current?: number;
  readonly total?: number;
  readonly hidecounts?: boolean;
  readonly units?: string;
}

/** One line of the answer to a pull, push, load, import or build. */
export interface ProgressMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly progressDetail?: ProgressDetail;
  /** The bar as text, for clients that draw none. */
  readonly progress?: string;
  readonly id?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly code?: number; readonly message: string };
  readonly aux?: unknown;
}
