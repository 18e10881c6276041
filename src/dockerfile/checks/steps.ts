import { posix } from 'node:path';
import type { Dockerfile, Instruction, Stage } from '../types.ts';
import type { CheckScope, Finding, Inspect } from './types.ts';
import { baseOf } from './variables.ts';

/** Checks of what stages do. */
export const steps: readonly Inspect[] = [jsonForms, repeated, workingDirectories, ignoredFiles];

/** A shell of one's own is asked for with its text. */
function* jsonForms({ stages }: Dockerfile): Generator<Finding> {
  for (const { instructions } of stages) {
    if (instructions.some(({ kind }) => kind === 'shell')) continue;
    for (const instruction of instructions) {
      const { kind, range } = instruction;
      if ((kind !== 'cmd' && kind !== 'entrypoint') || instruction.command?.form !== 'shell') continue;
      const name = kind.toUpperCase();
      const text = `JSON arguments recommended for ${name} to prevent unintended behavior related to OS signals`;
      yield { check: 'JSONArgsRecommended', text, range };
    }
  }
}

const once: readonly Instruction['kind'][] = ['cmd', 'entrypoint', 'healthcheck'];

function* repeated({ stages }: Dockerfile): Generator<Finding> {
  for (const { instructions } of stages) {
    for (const kind of once) {
      for (const { range } of instructions.filter((instruction) => instruction.kind === kind).slice(0, -1)) {
        const text = `Multiple ${kind.toUpperCase()} instructions should not be used in the same stage because only the last one will be used`;
        yield { check: 'MultipleInstructionsDisallowed', text, range };
      }
    }
  }
}

function* workingDirectories(file: Dockerfile, scope: CheckScope): Generator<Finding> {
  for (const stage of file.stages) {
    let isKnown = startsInKnownDirectory(stage, file, scope);
    for (const instruction of stage.instructions) {
      if (instruction.kind !== 'workdir') continue;
      const { word, range } = instruction;
      if (!isKnown && !posix.isAbsolute(word) && !word.startsWith('$')) {
        const text = `Relative workdir ${JSON.stringify(word)} can have unexpected results if the base image changes`;
        yield { check: 'WorkdirRelativePath', text, range };
      }
      isKnown = true;
    }
  }
}

function startsInKnownDirectory(stage: Stage, file: Dockerfile, scope: CheckScope): boolean {
  const base = baseOf(stage, file, scope);
  if (base === undefined) return false;
  if (!('instructions' in base)) return base.workingDir !== '' && base.workingDir !== '/';
  return (
    base.instructions.some(({ kind }) => kind === 'workdir') || startsInKnownDirectory(base, file, scope)
  );
}

function* ignoredFiles({ stages }: Dockerfile, { ignore }: CheckScope): Generator<Finding> {
  if (ignore === undefined) return;
  for (const instruction of stages.flatMap(({ instructions }) => instructions)) {
    const { kind, range } = instruction;
    const isLocal = kind === 'add' || (kind === 'copy' && instruction.from === undefined);
    if (!isLocal) continue;
    for (const source of instruction.sources) {
      const path = posix.resolve('/', source).slice(1);
      if (path === '' || /[*?[$]|:\/\//.test(source) || !ignore.ignoresAllBelow(path)) continue;
      const name = kind === 'add' ? 'Add' : 'Copy';
      const text = `Attempting to ${name} file ${JSON.stringify(source)} that is excluded by .dockerignore`;
      yield { check: 'CopyIgnoredFile', text, range };
    }
  }
}
