import { EngineError } from '#base';
import { argumentsOf, defaultShell, expandWord, parseMount, type RunInstruction } from '#dockerfile';
import type { RunVertex, StepMount, Vertex } from '../graph/types.ts';
import { proxyNames } from './arguments.ts';
import type { StepContext } from './context.ts';
import { lookupIn, noted, type StageState, variablesIn } from './stage-state.ts';
import type { PlanOptions } from './types.ts';

/** Plans RUN. @throws EngineError invalid */
export async function planRun(
  state: StageState,
  instruction: RunInstruction,
  context: StepContext,
): Promise<StageState> {
  const { args, script } = commandOf(instruction, state.image.config.Shell ?? defaultShell);
  const { buildArgs, network } = context.options;
  const env = [...variablesIn(state)].map(([name, value]) => `${name}=${value}`);
  const vertex: RunVertex = {
    op: 'run',
    name: context.stepName(instruction),
    range: instruction.range,
    root: state.root,
    args,
    env,
    hiddenEnv: proxyNames.flatMap((name) => {
      const value = buildArgs[name];
      const declared = env.some((entry) => entry.startsWith(`${name}=`));
      return value === undefined || declared ? [] : [`${name}=${value}`];
    }),
    workingDir: state.image.config.WorkingDir || '/',
    user: state.image.config.User ?? '',
    mounts: await planMounts(state, instruction.mounts, context),
    script,
    network: instruction.network === 'default' ? network : instruction.network,
    security: instruction.security,
    devices: instruction.devices,
    platform: state.platform,
    ignoreCache: context.ignoreCache,
  };
  checkEntitlements(vertex, context.options);
  return noted(state, `RUN ${historyOf(state, args)} # buildkit`, vertex);
}

/** @throws EngineError forbidden, for rights that a Dockerfile can't give itself */
function checkEntitlements({ network, security, devices }: RunVertex, { entitlements }: PlanOptions): void {
  const wanted = [
    ...(network === 'host' ? (['network.host'] as const) : []),
    ...(security === 'insecure' ? (['security.insecure'] as const) : []),
  ];
  const missing = wanted.find((entitlement) => !entitlements.includes(entitlement));
  if (missing !== undefined) throw new EngineError('forbidden', `${missing} is not allowed`);
  if (devices.length > 0) throw new EngineError('notImplemented', 'RUN --device is not supported');
}

/** One after the other: stages that need each other are found by the way that led to them. */
async function planMounts(
  state: StageState,
  texts: readonly string[],
  context: StepContext,
): Promise<StepMount[]> {
  const mounts: StepMount[] = [];
  for (const text of texts) mounts.push(await planMount(state, text, context));
  return mounts;
}

async function planMount(state: StageState, text: string, context: StepContext): Promise<StepMount> {
  const lookup = lookupIn(state);
  const { from, ...mount } = parseMount(text, (value) => expandWord(value, lookup, context));
  return { ...mount, from: await mountSource(mount.type, from, context) };
}

/** Of a bind the client's context, when none is named; a cache begins empty. */
async function mountSource(
  type: StepMount['type'],
  from: string | undefined,
  context: StepContext,
): Promise<Vertex | undefined> {
  if (from !== undefined) return await context.source(from);
  return type === 'bind' ? context.localContext() : undefined;
}

/**
 * The words to run. A here-document alone is the shell's whole text, or a script when it begins with `#!`; others
 * go to the shell as they stand.
 */
function commandOf(
  { command, heredocs }: RunInstruction,
  shell: readonly string[],
): Pick<RunVertex, 'args' | 'script'> {
  const [only, second] = heredocs;
  if (command.form === 'exec' || only === undefined) {
    return { args: argumentsOf(command, shell), script: undefined };
  }
  const alone = second === undefined && /^<<-?(["']?)[^\s"']+\1$/.test(command.text);
  if (!alone) {
    const text = [command.text, ...heredocs.map(({ name, content }) => `${content}${name}`)].join('\n');
    return { args: [...shell, text], script: undefined };
  }
  if (!only.content.startsWith('#!')) return { args: [...shell, only.content], script: undefined };
  const path = `/dev/pipes/${only.name}`;
  return { args: [...shell, path], script: { path, content: only.content } };
}

function historyOf(state: StageState, words: readonly string[]): string {
  const lookup = lookupIn(state);
  const names = [...new Set(state.args.map(({ name }) => name))];
  const given = names.map((name) => `${name}=${lookup(name) ?? ''}`);
  const count = given.length === 0 ? [] : [`|${given.length}`];
  return [...count, ...given, ...words].join(' ');
}
