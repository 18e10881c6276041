import { EngineError } from '#base';
import type { ImageName } from './image-records.ts';
import { familiarRepository, familiarText } from './names.ts';

/**
 * Whether a name is meant by the value of a `reference` filter: a shell pattern for the familiar name, with or
 * without tag; a star does not reach across slashes.
 * @throws EngineError invalid, for a pattern that is not one
 */
export function matchesPattern(pattern: string, name: ImageName): boolean {
  const expression = toExpression(pattern);
  return expression.test(familiarText(name)) || expression.test(familiarRepository(name.repository));
}

function toExpression(pattern: string): RegExp {
  const source = pattern.replace(/\[[^\]]*\]|[*?\\^$.|+(){}[\]/]/g, (special) => {
    if (special === '*') return '[^/]*';
    if (special === '?') return '[^/]';
    if (special === '[') throw new EngineError('invalid', 'syntax error in pattern');
    return special.length > 1 ? special : `\\${special}`;
  });
  try {
    return new RegExp(`^${source}$`);
  } catch (cause) {
    throw new EngineError('invalid', 'syntax error in pattern', { cause });
  }
}
