import { EngineError } from '#base';
import { located } from './errors.ts';
import type { Directives } from './types.ts';

const known = ['syntax', 'escape', 'check'] as const;
type Name = (typeof known)[number];

const directivePattern = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;

/**
 * The parser directives on top of a Dockerfile's lines: they end at the first line that is none.
 * @throws DockerfileError, for one that stands twice or has a value that can't be
 */
export function readDirectives(lines: readonly string[]): Directives {
  const found = new Map<Name, string>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 && line.startsWith('#!')) continue;
    const [, spelled = '', value = ''] = directivePattern.exec(line.trim()) ?? [];
    const name = known.find((candidate) => candidate === spelled.toLowerCase());
    if (name === undefined) break;
    located({ start: index + 1, end: index + 1 }, () => {
      if (found.has(name)) throw new EngineError('invalid', `only one ${name} parser directive can be used`);
      checkEscape(name, value);
    });
    found.set(name, value);
  }
  return {
    syntax: found.get('syntax') ?? syntaxOfOtherHeaders(lines),
    escapeToken: found.get('escape') === '`' ? '`' : '\\',
    check: found.get('check'),
  };
}

function checkEscape(name: Name, value: string): void {
  if (name !== 'escape' || value === '\\' || value === '`') return;
  throw new EngineError('invalid', `invalid escape token '${value}' does not match \` or \\`);
}

/** Frontends for files that are no Dockerfiles are named by `// syntax=` or a field of JSON. */
function syntaxOfOtherHeaders(lines: readonly string[]): string | undefined {
  const comment = /^\/\/\s*syntax\s*=\s*(.+?)\s*$/i.exec(lines[0]?.trim() ?? '');
  if (comment !== null) return comment[1];
  const text = lines.join('\n').trimStart();
  if (!text.startsWith('{')) return undefined;
  try {
    const document: { readonly syntax?: unknown } = JSON.parse(text);
    return typeof document.syntax === 'string' ? document.syntax : undefined;
  } catch {
    return undefined;
  }
}
