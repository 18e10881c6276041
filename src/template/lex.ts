import { TemplateError, type TemplateSource } from './ast.ts';

/** A piece of an action. `glued` is true when no space stands before it. */
export interface Token {
  readonly kind: 'identifier' | 'field' | 'variable' | 'dot' | 'string' | 'number' | 'symbol';
  readonly text: string;
  readonly at: number;
  readonly glued: boolean;
}

/** Plain text, or the tokens of one action. */
export type Piece = { readonly text: string } | { readonly tokens: readonly Token[]; readonly line: number };

/** Splits a template into text and actions, with `{{-` and `-}}` trimmed and comments dropped. */
export function lexTemplate(template: TemplateSource): Piece[] {
  const source = template.text;
  const pieces: Piece[] = [];
  let at = 0;
  let trimNext = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const end = open < 0 ? source.length : open;
    const trimEnd = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4));
    pieces.push({ text: trimText(source.slice(at, end), trimNext, trimEnd) });
    if (open < 0) break;
    const action = lexAction(template, open + (trimEnd ? 3 : 2));
    if (action.tokens !== undefined) pieces.push({ tokens: action.tokens, line: lineOf(source, open) });
    at = action.end;
    trimNext = action.trimsNext;
  }
  return pieces;
}

/** The line number of an offset, counted from 1. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

function trimText(text: string, start: boolean, end: boolean): string {
  const left = start ? text.replace(/^\s+/, '') : text;
  return end ? left.replace(/\s+$/, '') : left;
}

const tokenPattern =
  /(\s+)|("(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*')|([+-]?(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?))|(\$\w*)|(\.[A-Za-z_]\w*)|(\.)|([A-Za-z_]\w*)|(:=|[=|(),])/y;
const kinds: readonly Token['kind'][] = [
  'string',
  'number',
  'variable',
  'field',
  'dot',
  'identifier',
  'symbol',
];

interface LexedAction {
  /** Undefined for a comment. */
  readonly tokens: Token[] | undefined;
  readonly end: number;
  readonly trimsNext: boolean;
}

function lexAction(template: TemplateSource, start: number): LexedAction {
  const source = template.text;
  const comment = /^\s*\/\*[\s\S]*?\*\/(\s-)?\}\}/.exec(source.slice(start));
  if (comment !== null) {
    return { tokens: undefined, end: start + comment[0].length, trimsNext: comment[1] !== undefined };
  }
  const tokens: Token[] = [];
  for (let at = start, glued = false; at < source.length; ) {
    const close = /^(\s-)?\}\}/.exec(source.slice(at, at + 4));
    if (close !== null) return { tokens, end: at + close[0].length, trimsNext: close[1] !== undefined };
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(source);
    if (match === null) throw lexError(template, at);
    const kind = kinds[match.slice(2).findIndex((group) => group !== undefined)];
    if (kind !== undefined) tokens.push({ kind, text: match[0], at, glued });
    glued = kind !== undefined;
    at += match[0].length;
  }
  throw parseError(template, start, 'unclosed action');
}

function lexError(template: TemplateSource, at: number): TemplateError {
  const character = template.text.charAt(at);
  if (character === '"') return parseError(template, at, 'unterminated quoted string');
  if (character === '`') return parseError(template, at, 'unterminated raw quoted string');
  if (character === '}') return parseError(template, at, 'unexpected "}" in operand');
  const code = character.codePointAt(0) ?? 0;
  const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${character}'`;
  return parseError(template, at, `unrecognized character in action: ${shown}`);
}

export function parseError({ name, text }: TemplateSource, at: number, message: string): TemplateError {
  return new TemplateError(`template: ${name}:${lineOf(text, at)}: ${message}`);
}
