import { EngineError } from '#base';
import { compilePattern, type PathPattern } from './path-pattern.ts';

/** Which paths of a tree are left out. Paths are relative, with `/`, without a leading one. */
export interface IgnoreRules {
  /** Whether this path is left out. */
  ignores(path: string): boolean;
  /** Whether all below a directory that is left out is left out too: then nobody needs to look into it. */
  ignoresAllBelow(path: string): boolean;
}

interface Rule {
  readonly pattern: string;
  readonly negated: boolean;
  readonly matches: PathPattern;
}

/** The patterns of a .dockerignore file: no comments, no empty lines, `!` in front of exceptions. */
export function readIgnoreFile(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => cleanRule(line.trim()))
    .filter((rule) => rule !== '');
}

function cleanRule(line: string): string {
  const negated = line.startsWith('!');
  const pattern = (negated ? line.slice(1) : line).trim();
  if (pattern === '') return line;
  const cleaned = cleanPath(pattern);
  const relative = cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
  return negated ? `!${relative}` : relative;
}

/**
 * Rules of patterns in Go's form with `**` for any number of directories; the last that matches a path, or a
 * directory above it, decides.
 * @throws EngineError invalid, for a pattern that can't be
 */
export function compileIgnore(patterns: readonly string[]): IgnoreRules {
  const rules = patterns
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '')
    .map(compileRule);
  const ignores = (path: string): boolean => decide(rules, path);
  const exceptions = rules.filter(({ negated }) => negated).map(({ pattern }) => pattern);
  return {
    ignores,
    ignoresAllBelow: (path) =>
      ignores(path) && !exceptions.some((exception) => mayMatchBelow(path, exception)),
  };
}

function compileRule(text: string): Rule {
  const negated = text.startsWith('!');
  const written = negated ? text.slice(1).trim() : text;
  if (negated && written === '') throw new EngineError('invalid', 'illegal exclusion pattern: "!"');
  const pattern = cleanPath(written).replace(/^\//, '');
  return { pattern, negated, matches: compilePattern(pattern) };
}

function decide(rules: readonly Rule[], path: string): boolean {
  const places = [...parentsOf(path), path];
  let ignored = false;
  for (const { negated, matches } of rules) {
    if (negated === ignored && places.some((place) => matches.test(place))) ignored = !negated;
  }
  return ignored;
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Whether an exception could be about something in this directory: judged by its parts without wildcards. */
function mayMatchBelow(directory: string, exception: string): boolean {
  const wanted = exception.split('/');
  return directory.split('/').every((part, index) => {
    const pattern = wanted[index];
    if (wanted.slice(0, index + 1).some((text) => text.includes('**'))) return true;
    return pattern !== undefined && compilePattern(pattern).test(part);
  });
}

function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !path.startsWith('/')) parts.push(part);
  }
  const cleaned = (path.startsWith('/') ? '/' : '') + parts.join('/');
  return cleaned === '' ? '.' : cleaned;
}
