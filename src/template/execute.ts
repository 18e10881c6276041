import {
  type CommandNode,
  type Node,
  type Operand,
  type Pipeline,
  TemplateError,
  type TemplateSource,
} from './ast.ts';
import type { FunctionTable } from './functions.ts';
import { lineOf } from './lex.ts';
import { isMap, isTrue, printValue, sortedEntries, structName, typeNameOf, type Value } from './values.ts';

export interface ExecutionRules {
  readonly functions: FunctionTable;
  /** A missing map entry is an error rather than `<no value>`. */
  readonly missingKeyIsError: boolean;
}

/** Carries a template out on `dot`. @throws TemplateError with Go's words */
export function executeTemplate(
  source: TemplateSource,
  nodes: readonly Node[],
  dot: Value,
  rules: ExecutionRules,
): string {
  const line = fillIn(nodes, dot);
  if (line !== undefined) return line;
  const run = new Execution(source, rules, dot);
  run.walk(nodes, dot);
  return run.output;
}

/**
 * What most formats are, texts and fields, without the machinery for the rest: a long list is printed in half the
 * time. Undefined for any other template, and when a field is not there or wants arguments.
 */
function fillIn(nodes: readonly Node[], dot: Value): string | undefined {
  if (!isMap(dot)) return undefined;
  let line = '';
  for (const node of nodes) {
    if (node.kind === 'text') {
      line += node.text;
      continue;
    }
    const name = node.kind === 'action' ? plainField(node.pipeline) : undefined;
    const found = name !== undefined && Object.hasOwn(dot, name) ? dot[name] : undefined;
    const value = typeof found === 'function' && found.length === 0 ? found() : found;
    if (value === undefined || typeof value === 'function') return undefined;
    line += printValue(value);
  }
  return line;
}

/** The name in `{{.Name}}`. */
function plainField({ declared, commands }: Pipeline): string | undefined {
  const operand = commands[0]?.operands[0];
  const isAlone = declared.length === 0 && commands.length === 1 && commands[0]?.operands.length === 1;
  return isAlone && operand?.kind === 'field' && operand.names.length === 1 ? operand.names[0] : undefined;
}

interface Variable {
  readonly name: string;
  value: Value;
}

const none: readonly Value[] = [];

type LoopEnd = 'break' | 'continue' | undefined;

class Execution {
  output = '';
  readonly #source: TemplateSource;
  readonly #rules: ExecutionRules;
  readonly #variables: Variable[];

  constructor(source: TemplateSource, rules: ExecutionRules, root: Value) {
    this.#source = source;
    this.#rules = rules;
    this.#variables = [{ name: '$', value: root }];
  }

  walk(nodes: readonly Node[], dot: Value): LoopEnd {
    const depth = this.#variables.length;
    for (const node of nodes) {
      const end = this.#walkNode(node, dot);
      if (end !== undefined) {
        this.#variables.length = depth;
        return end;
      }
    }
    this.#variables.length = depth;
    return undefined;
  }

  #walkNode(node: Node, dot: Value): LoopEnd {
    switch (node.kind) {
      case 'text':
        this.output += node.text;
        return undefined;
      case 'action': {
        const value = this.#evaluate(node.pipeline, dot);
        if (node.pipeline.declared.length === 0) this.output += shown(value);
        return undefined;
      }
      case 'range':
        return this.#scoped(() => this.#walkRange(node.pipeline, node.body, node.otherwise, dot));
      case 'if':
      case 'with':
        return this.#scoped(() => {
          const value = this.#evaluate(node.pipeline, dot);
          if (!isTrue(value)) return this.walk(node.otherwise, dot);
          return this.walk(node.body, node.kind === 'with' ? value : dot);
        });
      default:
        return node.kind;
    }
  }

  #scoped(work: () => LoopEnd): LoopEnd {
    const depth = this.#variables.length;
    const end = work();
    this.#variables.length = depth;
    return end;
  }

  #walkRange(pipeline: Pipeline, body: readonly Node[], otherwise: readonly Node[], dot: Value): LoopEnd {
    const collection = this.#evaluate({ ...pipeline, declared: [] }, dot);
    const entries = entriesOf(collection);
    if (entries === undefined)
      throw this.#error(
        pipeline.commands[0]?.operands[0],
        `range can't iterate over ${printValue(collection)}`,
      );
    if (entries.length === 0) return this.walk(otherwise, dot);
    const depth = this.#variables.length;
    for (const [key, value] of entries) {
      this.#variables.length = depth;
      const [first, second] = pipeline.declared;
      if (second !== undefined) this.#declare(second, value);
      if (first !== undefined) this.#declare(first, second === undefined ? value : key);
      if (this.walk(body, value) === 'break') break;
    }
    return undefined;
  }

  #evaluate(pipeline: Pipeline, dot: Value): Value {
    let value: Value;
    let final = none;
    for (const command of pipeline.commands) {
      value = this.#runCommand(command, dot, final);
      final = [value];
    }
    for (const name of pipeline.declared) {
      if (pipeline.assigns) this.#find(name).value = value;
      else this.#declare(name, value);
    }
    return value;
  }

  #declare(name: string, value: Value): void {
    this.#variables.push({ name, value });
  }

  #find(name: string): Variable {
    const found = this.#variables.findLast((variable) => variable.name === name);
    if (found === undefined)
      throw new TemplateError(`template: ${this.#source.name}:1: undefined variable ${JSON.stringify(name)}`);
    return found;
  }

  #runCommand({ operands }: CommandNode, dot: Value, final: readonly Value[]): Value {
    const [first, ...rest] = operands as [Operand, ...Operand[]];
    if (rest.length === 0 && final.length === 0) return this.#operand(first, dot, none);
    const args = () => [...rest.map((operand) => this.#operand(operand, dot, none)), ...final];
    if (first.kind === 'function') {
      const source = operands.map((operand) => operand.source).join(' ');
      return this.#call({ ...first, source }, args());
    }
    if (first.kind !== 'field' && first.kind !== 'variable' && first.kind !== 'group') {
      throw this.#error(first, `can't give argument to non-function ${first.source}`);
    }
    return this.#operand(first, dot, args());
  }

  #call(operand: Operand & { kind: 'function' }, args: readonly Value[]): Value {
    try {
      return this.#rules.functions[operand.name]?.(...args);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw this.#error(operand, `error calling ${operand.name}: ${reason}`);
    }
  }

  #operand(operand: Operand, dot: Value, args: readonly Value[]): Value {
    switch (operand.kind) {
      case 'constant':
        return operand.value;
      case 'dot':
        return dot;
      case 'function':
        return this.#call(operand, args);
      case 'field':
        return this.#fields(operand, dot, operand.names, args);
      case 'variable':
        return this.#fields(operand, this.#find(operand.name).value, operand.names, args);
      default:
        return this.#fields(operand, this.#evaluate(operand.pipeline, dot), operand.names, args);
    }
  }

  #fields(operand: Operand, start: Value, names: readonly string[], args: readonly Value[]): Value {
    let value = start;
    let left = names.length;
    for (const name of names) value = this.#field(operand, value, name, --left === 0 ? args : none);
    return value;
  }

  #field(operand: Operand, holder: Value, name: string, args: readonly Value[]): Value {
    if (holder === null || holder === undefined)
      throw this.#error(operand, `nil pointer evaluating interface {}.${name}`);
    if (!isMap(holder))
      throw this.#error(operand, `can't evaluate field ${name} in type ${typeNameOf(holder)}`);
    const found = Object.hasOwn(holder, name) ? holder[name] : undefined;
    if (typeof found === 'function') {
      if (args.length === found.length) return found(...args);
      const counts = `want ${found.length} got ${args.length}`;
      throw this.#error(operand, `wrong number of args for ${name}: ${counts}`);
    }
    if (args.length > 0) throw this.#error(operand, `${name} is not a method but has arguments`);
    if (found !== undefined) return found;
    if (holder[structName] !== undefined)
      throw this.#error(operand, `can't evaluate field ${name} in type ${holder[structName]}`);
    if (this.#rules.missingKeyIsError)
      throw this.#error(operand, `map has no entry for key ${JSON.stringify(name)}`);
    return undefined;
  }

  #error(operand: Operand | undefined, message: string): TemplateError {
    const at = operand?.at ?? 0;
    const { name, text } = this.#source;
    const column = at - (text.lastIndexOf('\n', at - 1) + 1);
    const place = `template: ${name}:${lineOf(text, at)}:${column}`;
    return new TemplateError(
      `${place}: executing ${JSON.stringify(name)} at <${operand?.source ?? ''}>: ${message}`,
    );
  }
}

function shown(value: Value): string {
  return value === undefined ? '<no value>' : printValue(value);
}

function entriesOf(value: Value): (readonly [Value, Value])[] | undefined {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map((entry, index) => [index, entry] as const);
  if (typeof value === 'number') return Array.from({ length: value }, (_, index) => [index, index] as const);
  return isMap(value) ? sortedEntries(value) : undefined;
}
