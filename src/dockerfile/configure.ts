import { constants } from 'node:os';
import { posix } from 'node:path';
import { EngineError } from '#base';
import type { ImageConfig } from '#oci';
import { expandWord, expandWords, type Lookup } from './expand.ts';
import type {
  CommandInstruction,
  CommandLine,
  HealthcheckInstruction,
  Instruction,
  OnbuildInstruction,
  Pair,
  PairsInstruction,
  ShellInstruction,
  WordInstruction,
  WordsInstruction,
} from './types.ts';

/** The instructions that say how a container runs; all others make files, or guide the build. */
export type ConfigInstruction =
  | CommandInstruction
  | HealthcheckInstruction
  | OnbuildInstruction
  | PairsInstruction
  | ShellInstruction
  | WordInstruction
  | WordsInstruction;

export interface ConfigureScope {
  readonly lookup: Lookup;
  readonly escapeToken: string;
  /** CMD was set beside this instruction, so that a new entrypoint does not drop it. */
  readonly commandIsSet: boolean;
}

const kinds: readonly Instruction['kind'][] = [
  ...(['cmd', 'entrypoint', 'env', 'expose', 'healthcheck', 'label', 'maintainer'] as const),
  ...(['onbuild', 'shell', 'stopsignal', 'user', 'volume', 'workdir'] as const),
];

export function isConfigInstruction(instruction: Instruction): instruction is ConfigInstruction {
  return kinds.includes(instruction.kind);
}

export const defaultShell: readonly string[] = ['/bin/sh', '-c'];

/** A configuration as one instruction changes it. @throws EngineError invalid */
export function configure(
  config: ImageConfig,
  instruction: ConfigInstruction,
  scope: ConfigureScope,
): ImageConfig {
  const expand = (text: string): string => expandWord(text, scope.lookup, scope);
  switch (instruction.kind) {
    case 'cmd':
      return { ...config, Cmd: argumentsOf(instruction.command, config.Shell) };
    case 'entrypoint':
      return setEntrypoint(config, instruction, scope);
    case 'env':
      return { ...config, Env: withVariables(config.Env, expandPairs(instruction.pairs, expand)) };
    case 'label':
      return {
        ...config,
        Labels: { ...config.Labels, ...Object.fromEntries(expandPairs(instruction.pairs, expand)) },
      };
    case 'expose':
      return expose(config, instruction, scope);
    case 'healthcheck':
      return { ...config, Healthcheck: instruction.check };
    case 'onbuild':
      return { ...config, OnBuild: [...(config.OnBuild ?? []), instruction.trigger] };
    case 'shell':
      return { ...config, Shell: instruction.words };
    case 'volume':
      return { ...config, Volumes: { ...config.Volumes, ...emptyObjects(instruction.words.map(expand)) } };
    default:
      return setWord(config, instruction, expand);
  }
}

function setWord(
  config: ImageConfig,
  { kind, word }: WordInstruction,
  expand: (text: string) => string,
): ImageConfig {
  switch (kind) {
    case 'user':
      return { ...config, User: expand(word) };
    case 'workdir':
      return { ...config, WorkingDir: posix.resolve('/', config.WorkingDir ?? '', expand(word)) };
    case 'stopsignal':
      return { ...config, StopSignal: parseSignal(expand(word)) };
    case 'maintainer':
      return config;
  }
}

/** The words that run a command: itself, or the shell with its text; none for no command. */
export function argumentsOf(command: CommandLine | undefined, shell = defaultShell): readonly string[] {
  if (command === undefined) return [];
  return command.form === 'exec' ? command.words : [...shell, command.text];
}

/** The command of before was meant for another program. */
function setEntrypoint(
  { Cmd, ...config }: ImageConfig,
  { command }: CommandInstruction,
  { commandIsSet }: ConfigureScope,
): ImageConfig {
  const Entrypoint = argumentsOf(command, config.Shell);
  return { ...config, Entrypoint, ...(commandIsSet && Cmd !== undefined && { Cmd }) };
}

function expandPairs(pairs: readonly Pair[], expand: (text: string) => string): Pair[] {
  return pairs.map(([name, value]) => [expand(name), expand(value)]);
}

/** Variables with some set; one that is set again keeps its place. */
export function withVariables(env: readonly string[] = [], pairs: readonly Pair[]): string[] {
  const entries = new Map(env.map((entry) => [entry.split('=', 1)[0] ?? '', entry]));
  for (const [name, value] of pairs) entries.set(name, `${name}=${value}`);
  return [...entries.values()];
}

function expose(config: ImageConfig, { words }: WordsInstruction, scope: ConfigureScope): ImageConfig {
  const ports = words.flatMap((word) => expandWords(word, scope.lookup, scope)).flatMap(parsePorts);
  return { ...config, ExposedPorts: { ...config.ExposedPorts, ...emptyObjects(ports) } };
}

/** `80`, `80/udp`, `80-82/tcp`. */
function parsePorts(word: string): string[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(word);
  const [, first = '', last = first, protocol = 'tcp'] = match ?? [];
  if (match === null || Number(last) > 65535 || Number(last) < Number(first)) {
    throw new EngineError('invalid', `Invalid containerPort: ${word}`);
  }
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => `${Number(first) + index}/${protocol.toLowerCase()}`);
}

function emptyObjects(keys: readonly string[]): Record<string, object> {
  return Object.fromEntries(keys.map((key) => [key, {}]));
}

const realTime = /^RTM(?:IN(?:\+\d+)?|AX(?:-\d+)?)$/;

function parseSignal(text: string): string {
  const name = text.toUpperCase().replace(/^SIG/, '');
  const isKnown = /^[1-9]\d*$/.test(text) || `SIG${name}` in constants.signals || realTime.test(name);
  if (isKnown) return text;
  throw new EngineError('invalid', `invalid signal: ${text}`);
}
