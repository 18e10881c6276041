import {
  compileTemplate,
  structName,
  type Template,
  TemplateError,
  type Value,
  type ValueMap,
} from '../template/index.ts';
import { layOutTable } from './table.ts';

/** A kind of listing: how a row's fields are called in a table's head, and the type in messages. */
export interface Listing {
  readonly typeName: string;
  readonly headers: Readonly<Record<string, string>>;
}

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
    this.#template = explain('failed to parse template', () => compileTemplate(trimmed));
  }

  /** @throws Error with the stock client's words when a row does not have what the template asks for */
  print(rows: readonly Row[]): string {
    const lines = rows.map((row) => this.#execute(marked(row, this.#listing.typeName)));
    if (!this.#isTable) return lines.map((line) => `${line}\n`).join('');
    return layOutTable([this.#head(), ...lines].map((line) => line.split('\t')));
  }

  #head(): string {
    const dot = { ...this.#listing.headers, Label: (name: Value) => labelHeader(String(name)) };
    return this.#template.execute(dot, { functions: headFunctions });
  }

  #execute(row: ValueMap): string {
    return explain('failed to execute template', () => this.#template.execute(row));
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

function marked(row: Row, typeName: string): ValueMap {
  return Object.assign(Object.create(null) as object, row, { [structName]: typeName }) as ValueMap;
}

function explain<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) throw new Error(`${prefix}: ${error.message}`);
    throw error;
  }
}

/** Chooses a listing's format from the flag, the user's settings and the default. */
export function chooseFormat(
  flag: string,
  configured: string | undefined,
  table: string,
  quietField: string | undefined,
): string {
  const format = flag || (quietField === undefined ? configured : undefined) || 'table';
  if (format !== 'table') return format;
  return quietField === undefined ? table : `{{.${quietField}}}`;
}
