/** A template as it was written. Go's messages call it by its name, which is empty for a `--format`. */
export interface TemplateSource {
  readonly name: string;
  readonly text: string;
}

/** A template as a tree. `at` is the offset in the source, for error messages. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: Node[];
      readonly otherwise: Node[];
    }
  | { readonly kind: 'break' | 'continue' };

export interface Pipeline {
  readonly declared: readonly string[];
  /** `=` sets variables that exist, `:=` makes new ones. */
  readonly assigns: boolean;
  readonly commands: readonly CommandNode[];
}

/** A function or value with its arguments. */
export interface CommandNode {
  readonly operands: readonly Operand[];
}

export type Operand =
  | {
      readonly kind: 'constant';
      readonly value: string | number | boolean | null;
      readonly at: number;
      readonly source: string;
    }
  | { readonly kind: 'dot'; readonly at: number; readonly source: string }
  | { readonly kind: 'function'; readonly name: string; readonly at: number; readonly source: string }
  | {
      readonly kind: 'field';
      readonly names: readonly string[];
      readonly at: number;
      readonly source: string;
    }
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly names: readonly string[];
      readonly at: number;
      readonly source: string;
    }
  | {
      readonly kind: 'group';
      readonly pipeline: Pipeline;
      readonly names: readonly string[];
      readonly at: number;
      readonly source: string;
    };

/** A template that cannot be read or carried out; the message is Go's. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}
