import { EngineError } from '#base';
import { readDirectives } from './directives.ts';
import { DockerfileError, located } from './errors.ts';
import { parseInstruction } from './instructions/parse.ts';
import { type LogicalLine, logicalLines, physicalLines } from './lines.ts';
import type { ArgInstruction, Directives, Dockerfile, FromInstruction, Instruction, Stage } from './types.ts';

/**
 * A Dockerfile, whole (BuildKit's reference of the Dockerfile format).
 * @throws DockerfileError, with the place; EngineError invalid, for a file without instructions
 */
export function parseDockerfile(text: string): Dockerfile {
  const lines = physicalLines(text);
  const directives = readDirectives(lines);
  const logical = logicalLines(withoutDirectives(lines), directives.escapeToken);
  if (logical.length === 0) throw new EngineError('invalid', 'file with no instructions');
  const instructions = logical.map((line) =>
    located(line.range, () => parseInstruction(line, directives.escapeToken)),
  );
  const emptyContinuations = logical.filter((line) => line.emptyContinuation).map(({ range }) => range);
  return { directives, emptyContinuations, ...intoStages(instructions) };
}

/**
 * Lines outside of a file: changes of `commit` and `import`, the triggers of ONBUILD.
 * @throws DockerfileError
 */
export function parseInstructions(
  text: string,
  escapeToken: Directives['escapeToken'] = '\\',
): Instruction[] {
  return logicalLines(physicalLines(text), escapeToken).map((line: LogicalLine) =>
    located(line.range, () => parseInstruction(line, escapeToken)),
  );
}

/** The header of a frontend for other files is a comment to it, not to us. */
function withoutDirectives(lines: readonly string[]): readonly string[] {
  return /^\/\/\s*syntax\s*=/i.test(lines[0] ?? '') ? ['\n', ...lines.slice(1)] : lines;
}

function intoStages(instructions: readonly Instruction[]): Pick<Dockerfile, 'globalArgs' | 'stages'> {
  const globalArgs: ArgInstruction[] = [];
  const stages: StageDraft[] = [];
  for (const instruction of instructions) {
    if (instruction.kind === 'from') stages.push({ from: instruction, instructions: [] });
    else if (stages.length > 0) stages.at(-1)?.instructions.push(instruction);
    else if (instruction.kind === 'arg') globalArgs.push(instruction);
    else throw new DockerfileError('no build stage in current context', instruction.range);
  }
  if (stages.length === 0) throw new EngineError('invalid', 'dockerfile contains no stages to build');
  return { globalArgs, stages: stages.map(asStage) };
}

interface StageDraft {
  readonly from: FromInstruction;
  readonly instructions: Exclude<Instruction, FromInstruction>[];
}

function asStage({ from, instructions }: StageDraft, index: number): Stage {
  const end = instructions.at(-1)?.range.end ?? from.range.end;
  return { index, name: from.stageName, from, instructions, range: { start: from.range.start, end } };
}
