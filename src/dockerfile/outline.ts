import { parseMount } from './mount.ts';
import type { ArgInstruction, Dockerfile, Instruction, RunMount, SourceRange, Stage } from './types.ts';

/** What a target takes, for people who are about to build it. */
export interface Outline {
  readonly stage: Stage;
  readonly args: readonly OutlinedArg[];
  readonly secrets: readonly OutlinedMount[];
  readonly ssh: readonly OutlinedMount[];
  readonly caches: readonly OutlinedMount[];
}

export interface OutlinedArg {
  readonly name: string;
  readonly description: string | undefined;
  /** As written, or given by the build. */
  readonly value: string | undefined;
  readonly range: SourceRange;
}

export interface OutlinedMount {
  readonly id: string;
  readonly required: boolean;
  readonly range: SourceRange;
}

/** A target's stage: by name, the last one of it, or by number; of no name the last stage. */
export function findTarget(stages: readonly Stage[], target: string): Stage | undefined {
  if (target === '') return stages.at(-1);
  const named = stages.findLast(({ name }) => name === target.toLowerCase());
  return named ?? (/^\d+$/.test(target) ? stages[Number(target)] : undefined);
}

/** What a stage and those that it is made from take. */
export function outlineStage(
  file: Dockerfile,
  stage: Stage,
  buildArgs: Readonly<Record<string, string>>,
): Outline {
  const needed = neededStages(file.stages, stage);
  const instructions = needed.flatMap((each) => each.instructions);
  const declared = instructions.filter((each) => each.kind === 'arg');
  const mounts = instructions.flatMap(mountsOf);
  const ofType = (type: string) => onceEach(mounts.filter((mount) => mount.type === type));
  return {
    stage,
    args: outlineArgs([...file.globalArgs, ...declared], buildArgs),
    secrets: ofType('secret'),
    ssh: ofType('ssh'),
    caches: ofType('cache'),
  };
}

/** In the order of the file. */
function neededStages(stages: readonly Stage[], target: Stage): Stage[] {
  const needed = new Set<Stage>();
  const waiting = [target];
  for (let stage = waiting.pop(); stage !== undefined; stage = waiting.pop()) {
    if (needed.has(stage)) continue;
    needed.add(stage);
    const before = stages.slice(0, stage.index);
    for (const name of sourcesOf(stage)) {
      const found = findTarget(before, name);
      if (name !== '' && found !== undefined) waiting.push(found);
    }
  }
  return stages.filter((stage) => needed.has(stage));
}

function sourcesOf({ from, instructions }: Stage): string[] {
  const others = instructions.flatMap((instruction) => {
    if (instruction.kind === 'copy') return instruction.from ?? [];
    return instruction.kind === 'run' ? instruction.mounts.flatMap((text) => readMount(text).from ?? []) : [];
  });
  return [from.base, ...others];
}

function outlineArgs(
  instructions: readonly ArgInstruction[],
  buildArgs: Readonly<Record<string, string>>,
): OutlinedArg[] {
  const byName = new Map<string, OutlinedArg>();
  for (const { args, comment, range } of instructions) {
    for (const { name, value: written } of args) {
      const before = byName.get(name);
      const value = buildArgs[name] ?? written ?? before?.value;
      const description = comment ?? before?.description;
      byName.set(name, { name, description, value, range: before?.range ?? range });
    }
  }
  return [...byName.values()];
}

function mountsOf(instruction: Instruction): (OutlinedMount & { readonly type: string })[] {
  if (instruction.kind !== 'run') return [];
  const { range } = instruction;
  return instruction.mounts.map((text) => {
    const { type, id, target = '', required } = readMount(text);
    return { type, id: id ?? defaultId(type, target), required, range };
  });
}

function defaultId(type: RunMount['type'], target: string): string {
  if (type === 'ssh') return 'default';
  return type === 'secret' ? (target.split('/').at(-1) ?? '') : target;
}

/** With its variables as they stand. */
function readMount(text: string): RunMount {
  return parseMount(text, (value) => value);
}

function onceEach(mounts: readonly OutlinedMount[]): OutlinedMount[] {
  const byId = new Map<string, OutlinedMount>();
  for (const { id, required, range } of mounts) {
    const before = byId.get(id);
    byId.set(id, { id, required: required || (before?.required ?? false), range: before?.range ?? range });
  }
  return [...byId.values()];
}
