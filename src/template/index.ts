/**
 * template: Go's text/template for `--format` and the tags of logs, as far as Docker's users write it: fields,
 * methods, variables, pipelines, if, with, range, and the functions of the stock client. Values are JSON, plus
 * objects marked as structures (`structName`), whose missing fields are errors. Pure; error messages
 * are Go's. Does not do `define`, `template` and `block`.
 */
import { executeTemplate } from './execute.ts';
import { type FunctionTable, standardFunctions } from './functions.ts';
import { parseTemplate } from './parse.ts';
import type { Value } from './values.ts';

export { TemplateError } from './ast.ts';
export { toJson } from './functions.ts';
export { isMap, isStruct, nilMap, structName, type Value, type ValueMap } from './values.ts';

/** A template that has been read. */
export interface Template {
  /** @throws TemplateError */
  execute(dot: Value, options?: ExecuteOptions): string;
}

export interface ExecuteOptions {
  readonly missingKeyIsError?: boolean;
  /** Functions that replace the standard ones. */
  readonly functions?: FunctionTable;
}

const functionNames: ReadonlySet<string> = new Set(Object.keys(standardFunctions));

/** @param name what messages call it @throws TemplateError */
export function compileTemplate(text: string, name = ''): Template {
  const source = { name, text };
  const nodes = parseTemplate(source, functionNames);
  return {
    execute: (dot, { missingKeyIsError = false, functions } = {}) =>
      executeTemplate(source, nodes, dot, {
        functions: functions === undefined ? standardFunctions : { ...standardFunctions, ...functions },
        missingKeyIsError,
      }),
  };
}
