import { TemplateError } from './ast.ts';

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
export function lexTemplate(source: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimNext = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const end = open < 0 ? source.length : open;
    const trimEnd = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4));
    pieces.push({ text: trimText(source.slice(at, end), trimNext, trimEnd) });
    if (open < 0) break;
    const action = lexAction(source, open + (trimEnd ? 3 : 2));
    if (action.tokens !== undefined) pieces.push({ tokens: action.tokens, line: lineOf(source, open) });
    at = action.end;
    trimNext = action.trimsNext;
  }
  return pieces;
}

/** The line number of an offset, counted from 1. */
export function lineOf(source: string, at: number): number {
  return source.slice(0, at).split('\n').length;
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

function lexAction(source: string, start: number): LexedAction {
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
    if (match === null) throw lexError(source, at);
    const kind = kinds[match.slice(2).findIndex((group) => group !== undefined)];
    if (kind !== undefined) tokens.push({ kind, text: match[0], at, glued });
    glued = kind !== undefined;
    at += match[0].length;
  }
  throw parseError(source, start, 'unclosed action');
}

function lexError(source: string, at: number): TemplateError {
  const character = source.charAt(at);
  if (character === '"') return parseError(source, at, 'unterminated quoted string');
  if (character === '`') return parseError(source, at, 'unterminated raw quoted string');
  if (character === '}') return parseError(source, at, 'unexpected "}" in operand');
  const code = character.codePointAt(0) ?? 0;
  const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${character}'`;
  return parseError(source, at, `unrecognized character in action: ${shown}`);
}

export function parseError(source: string, at: number, message: string): TemplateError {
  return new TemplateError(`template: :${lineOf(source, at)}: ${message}`);
}
