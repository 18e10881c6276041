/**
 * One flag of a command: how its value is read and how the help shows it.
 * `T` is the type that the command gets.
 */
export interface Flag<T> {
  readonly summary: string;
  readonly short?: string;
  /** The word that stands for the value in the help (`list`, `string`); empty for a switch. */
  readonly valueName: string;
  readonly initial: T;
  /** The variable of the environment that may give another initial value. */
  readonly variable?: string;
  /** Shown as `(default …)`; undefined shows none. */
  readonly defaultText: string | undefined;
  /** Accepted, but not in the help. */
  readonly hidden?: boolean;
  /** Unknown to the stock client: in the help only under our own name. */
  readonly isOwn?: boolean;
  /** Said when the flag is used: what to use in its place. */
  readonly deprecated?: string;
  /** Said when its short form is used: what to use in its place. */
  readonly shortDeprecated?: string;
  /** Where the flag has a meaning, when that is not here: using it is an error that says so. */
  readonly onlyOn?: string;
  /** What the flag means when it stands without `=value`; undefined: a value must follow. */
  readonly bareValue?: string;
  /** Reads one more value. @throws Error, whose message ends the usage error */
  read(text: string, previous: T): T;
}

/** The flags of a command by their long names. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** The values of a flag table, as the command sees them. */
export type FlagValues<F> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

/** What an argument list says. */
export interface ParsedArguments<F> {
  readonly values: FlagValues<F>;
  /** Long names of the flags that were given. */
  readonly given: ReadonlySet<string>;
  readonly operands: readonly string[];
  /** What the user should know of the flags that were given. */
  readonly notices: readonly string[];
}

/** An argument list that the flag table does not allow. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
