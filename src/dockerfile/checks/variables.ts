import { EngineError } from '#base';
import { expandWord } from '../expand.ts';
import { suggest } from '../suggest.ts';
import type { Dockerfile, Instruction, Stage } from '../types.ts';
import type { BaseFacts, CheckScope, Finding, Inspect } from './types.ts';

/** Checks of how stages use variables. */
export const variables: readonly Inspect[] = [undefinedVariables];

/** The variables that words need a value of; those that say what stands for a missing one don't. */
export function readVariables(words: readonly string[], escapeToken: string): string[] {
  const names = new Set<string>();
  for (const word of words) {
    const lookup = (name: string): undefined => {
      if (!new RegExp(`\\{${name}:?[-+?]`).test(word)) names.add(name);
    };
    try {
      expandWord(word, lookup, { escapeToken });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }
  return [...names];
}

/** What a stage begins with: another stage, or an image; undefined for an image that is not known. */
export function baseOf(
  { from, index }: Stage,
  file: Dockerfile,
  scope: CheckScope,
): Stage | BaseFacts | undefined {
  const earlier = file.stages.slice(0, index).findLast(({ name }) => name === from.base.toLowerCase());
  if (earlier !== undefined) return earlier;
  if (from.base === 'scratch') return { platform: scope.platform, variables: ['PATH'], workingDir: '/' };
  return scope.baseOf(from.base);
}

const ofEveryBuild = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];

function* undefinedVariables(file: Dockerfile, scope: CheckScope): Generator<Finding> {
  const { escapeToken } = file.directives;
  for (const stage of file.stages) {
    const known = variablesBefore(stage, file, scope);
    if (known === undefined) continue;
    for (const instruction of stage.instructions) {
      for (const name of readVariables(wordsOf(instruction), escapeToken)) {
        if (known.has(name)) continue;
        const close = suggest(name, [...known]);
        const hint = close === undefined ? '' : ` (did you mean $${close}?)`;
        const text = `Usage of undefined variable '$${name}'${hint}`;
        yield { check: 'UndefinedVar', text, range: instruction.range };
      }
      for (const name of defines(instruction)) known.add(name);
    }
  }
}

/** Undefined when nobody knows what the base image sets. */
function variablesBefore(stage: Stage, file: Dockerfile, scope: CheckScope): Set<string> | undefined {
  const base = baseOf(stage, file, scope);
  if (base === undefined) return undefined;
  const proxies = ofEveryBuild.flatMap((name) => [name, name.toLowerCase()]);
  if (!('instructions' in base)) return new Set([...proxies, ...base.variables]);
  const before = variablesBefore(base, file, scope);
  return before && new Set([...before, ...base.instructions.flatMap(defines)]);
}

function defines(instruction: Instruction): string[] {
  if (instruction.kind === 'arg') return instruction.args.map(({ name }) => name);
  return instruction.kind === 'env' ? instruction.pairs.map(([name]) => name) : [];
}

/** All of an instruction that variables are replaced in. */
function wordsOf(instruction: Instruction): readonly string[] {
  switch (instruction.kind) {
    case 'add':
    case 'copy':
      return [
        ...instruction.sources,
        instruction.destination,
        instruction.chown ?? '',
        instruction.chmod ?? '',
      ];
    case 'env':
    case 'label':
      return instruction.pairs.flat();
    case 'expose':
    case 'volume':
      return instruction.words;
    case 'user':
    case 'workdir':
    case 'stopsignal':
      return [instruction.word];
    case 'arg':
      return instruction.args.flatMap(({ value }) => value ?? []);
    default:
      return [];
  }
}
