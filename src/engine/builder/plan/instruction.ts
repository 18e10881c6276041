import {
  type ConfigInstruction,
  configure,
  expandWord,
  type Instruction,
  type PairsInstruction,
  type WordInstruction,
} from '#dockerfile';
import type { CopyVertex } from '../graph/types.ts';
import { declareArgs } from './arguments.ts';
import type { StepContext } from './context.ts';
import { planCopy } from './copy.ts';
import { configHistory } from './history-text.ts';
import { planRun } from './run.ts';
import { lookupIn, noted, type StageState, withConfig } from './stage-state.ts';

/** A stage after one more instruction. @throws EngineError invalid */
export async function planInstruction(
  state: StageState,
  instruction: Exclude<Instruction, { kind: 'from' }>,
  context: StepContext,
): Promise<StageState> {
  switch (instruction.kind) {
    case 'run':
      return await planRun(state, instruction, context);
    case 'copy':
    case 'add':
      return await planCopy(state, instruction, context);
    case 'arg':
      return planArg(state, instruction, context);
    case 'workdir':
      return planWorkdir(state, instruction, context);
    case 'maintainer': {
      const author = expandWord(instruction.word, lookupIn(state), context);
      return noted({ ...state, image: { ...state.image, author } }, `MAINTAINER ${author}`);
    }
    default:
      return planConfig(state, instruction, context);
  }
}

function planArg(
  state: StageState,
  instruction: Extract<Instruction, { kind: 'arg' }>,
  context: StepContext,
): StageState {
  const { buildArgs } = context.options;
  const lookup = lookupIn(state);
  const declared = declareArgs(instruction, { ...context, buildArgs, lookup });
  const words = declared.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
  return noted({ ...state, args: [...state.args, ...declared] }, `ARG ${words.join(' ')}`);
}

function planConfig(state: StageState, instruction: ConfigInstruction, context: StepContext): StageState {
  const { config } = state.image;
  const after = configure(config, instruction, {
    lookup: lookupIn(state),
    escapeToken: context.escapeToken,
    commandIsSet: state.commandIsSet,
  });
  // BuildKit says so of every command, and what compares images sees it.
  const escaped = instruction.kind === 'cmd' ? { ArgsEscaped: true } : {};
  const changed = withConfig(state, { ...after, ...escaped });
  // Triggers do nothing yet.
  if (instruction.kind === 'onbuild') return changed;
  const next = instruction.kind === 'env' ? overrideArgs(changed, instruction) : changed;
  const commandIsSet = state.commandIsSet || instruction.kind === 'cmd';
  return noted({ ...next, commandIsSet }, configHistory(instruction, config, after));
}

/** Of an ARG and an ENV the later one counts. */
function overrideArgs(state: StageState, { pairs }: PairsInstruction): StageState {
  const names = new Set(pairs.map(([name]) => name));
  const args = state.args.map((arg) => (names.has(arg.name) ? { ...arg, value: undefined } : arg));
  return { ...state, args };
}

/** A directory that is not there is made, for whom the stage's user is. */
function planWorkdir(state: StageState, instruction: WordInstruction, context: StepContext): StageState {
  const next = withConfig(
    state,
    configure(state.image.config, instruction, { ...context, lookup: lookupIn(state), commandIsSet: false }),
  );
  const path = next.image.config.WorkingDir ?? '/';
  if (path === '/') return noted(next, `WORKDIR ${path}`);
  const vertex: CopyVertex = {
    op: 'copy',
    name: context.stepName(instruction),
    range: instruction.range,
    root: state.root,
    link: false,
    actions: [{ kind: 'directory', path, owner: next.image.config.User || undefined, mode: undefined }],
    ignoreCache: context.ignoreCache,
  };
  return noted(next, `WORKDIR ${path}`, vertex);
}
