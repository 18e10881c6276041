import {
  compileTemplate,
  structName,
  type Template,
  TemplateError,
  type Value,
  type ValueMap,
} from '#template';
import { layOutTable } from './table.ts';

/** A kind of listing: how a row's fields are called in a table's head, and the type in messages. */
export interface Listing {
  readonly typeName: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How errors of a template begin, where not in the usual way. */
  readonly complaints?: { readonly parse: string; readonly execute: string };
}

const usualComplaint = 'template parsing error';

/** One row's fields; functions are computed when asked for, with the template's arguments. */
export type Row = Readonly<Record<string, Value>>;

/** A listing's format, read once: `table TEMPLATE`, `json` or a template. */
export class RowFormat {
  readonly #listing: Listing;
  readonly #template: Template;
  readonly #isTable: boolean;

  /** @throws Error with the stock client's words when the template cannot be read */
  constructor(format: string, listing: Listing) {
    this.#listing = listing;
    this.#isTable = format.startsWith('table');
    const source = format === 'json' ? '{{json .}}' : format.replace(/^table/, '');
    const trimmed = source
      .replace(/^ +| +$/g, '')
      .replaceAll('\\t', '\t')
      .replaceAll('\\n', '\n');
    this.#template = explain(listing.complaints?.parse, () => compileTemplate(trimmed));
  }

  /** @throws Error with the stock client's words when a row does not have what the template asks for */
  print(rows: readonly Row[]): string {
    const lines = rows.map((row) => this.#execute(asListed(row, this.#listing)));
    if (!this.#isTable) return lines.map((line) => `${line}\n`).join('');
    return layOutTable([this.#head(), ...lines].map((line) => line.split('\t')));
  }

  #head(): string {
    const dot = { ...this.#listing.headers, Label: (name: Value) => labelHeader(String(name)) };
    return this.#template.execute(dot, { functions: headFunctions });
  }

  #execute(row: ValueMap): string {
    return explain(this.#listing.complaints?.execute, () => this.#template.execute(row));
  }
}

/** In a table's head the functions that change a value leave the title as it is. */
const same = (value: Value) => value;
const headFunctions = {
  json: same,
  title: same,
  lower: same,
  upper: same,
  truncate: same,
  split: same,
  join: same,
};

function labelHeader(name: string): string {
  return (name.split('.').at(-1) ?? '').replace(/[-_]/g, ' ');
}

/** A row as a value that is part of another. */
export function asListed(row: Row, { typeName }: Listing): ValueMap {
  return Object.assign(Object.create(null) as object, row, { [structName]: typeName }) as ValueMap;
}

function explain<T>(prefix = usualComplaint, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) throw new Error(`${prefix}: ${error.message}`);
    throw error;
  }
}

/** What a listing's format depends on. */
export interface FormatChoice {
  /** The value of `--format`. */
  readonly flag: string;
  /** The format in the user's settings. */
  readonly configured?: string | undefined;
  readonly table: string;
  /** What is shown of each row when little is asked for. */
  readonly quietField?: string | undefined;
  /** The lines of `raw`: each with its name and the field. */
  readonly raw?: readonly (readonly [name: string, field: string])[];
}

/** A listing's format: the flag counts more than the settings, and these more than the table. */
export function chooseFormat({ flag, configured, table, quietField, raw }: FormatChoice): string {
  const format = flag || (quietField === undefined ? configured : undefined) || 'table';
  if (format === 'raw' && raw !== undefined) return rawTemplate(raw, quietField);
  if (format !== 'table') return format;
  return quietField === undefined ? table : `{{.${quietField}}}`;
}

/** A line for each field and an empty one at the end; of a field without value only the name. */
function rawTemplate(raw: NonNullable<FormatChoice['raw']>, quietField: string | undefined): string {
  const lines = raw.map(([name, field]) => ({
    field,
    text: `${name}:{{if .${field}}} {{.${field}}}{{end}}`,
  }));
  if (quietField !== undefined) return lines.find(({ field }) => field === quietField)?.text ?? '';
  return lines.map(({ text }) => `${text}\n`).join('');
}
