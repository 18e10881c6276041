import { EngineError } from '#base';
import type { ImageConfig } from '#oci';
import { type Change, instructions } from './instructions.ts';

/**
 * Applies Dockerfile lines to a configuration, as `commit --change` and `import --change` do. A text may hold
 * several lines; a backslash at a line's end joins it with the next.
 * @throws EngineError invalid, with Docker's text, for what is no such line
 */
export function applyChanges(config: ImageConfig, texts: readonly string[]): ImageConfig {
  const lines = texts.flatMap((text) => text.replace(/\\[ \t]*\n/g, '').split('\n'));
  const changes = lines.flatMap((line) => parseChange(line) ?? []);
  return changes.reduce((changed, change, index) => {
    const apply = instructions.get(change.instruction);
    if (apply === undefined) {
      throw new EngineError('invalid', `${change.instruction} is not a valid change command`);
    }
    const setsCommand = changes.slice(0, index).some(({ instruction }) => instruction === 'CMD');
    return apply(changed, { ...change, setsCommand });
  }, config);
}

function parseChange(line: string): Omit<Change, 'setsCommand'> | undefined {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const [, instruction = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(trimmed) ?? [];
  return { instruction: instruction.toUpperCase(), rest };
}
