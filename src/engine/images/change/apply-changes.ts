import { EngineError } from '#base';
import {
  configure,
  DockerfileError,
  type Instruction,
  isConfigInstruction,
  parseInstructions,
} from '#dockerfile';
import type { ImageConfig } from '#oci';

/**
 * Applies Dockerfile lines to a configuration, as `commit --change` and `import --change` do. A text may hold
 * several lines; a backslash at a line's end joins it with the next.
 * @throws EngineError invalid, with Docker's text, for what is no such line
 */
export function applyChanges(config: ImageConfig, texts: readonly string[]): ImageConfig {
  const changes = parseChanges(texts.join('\n'));
  return changes.reduce((changed, change, index) => {
    if (!isConfigInstruction(change) || change.kind === 'maintainer') throw notAChange(change.spelled);
    const commandIsSet = changes.slice(0, index).some(({ kind }) => kind === 'cmd');
    return configure(changed, change, { lookup: variablesOf(changed), escapeToken: '\\', commandIsSet });
  }, config);
}

/** The place in the joined lines says nothing to who gave several. */
function parseChanges(text: string): Instruction[] {
  try {
    return parseInstructions(text);
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    const [, spelled] = /^unknown instruction: (\S+)/.exec(error.reason) ?? [];
    throw spelled === undefined ? new EngineError('invalid', error.reason) : notAChange(spelled);
  }
}

function notAChange(spelled: string): EngineError {
  return new EngineError('invalid', `${spelled.toUpperCase()} is not a valid change command`);
}

function variablesOf({ Env = [] }: ImageConfig): (name: string) => string | undefined {
  const values = new Map(
    Env.map((entry) => {
      const at = entry.indexOf('=');
      return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
  return (name) => values.get(name);
}
