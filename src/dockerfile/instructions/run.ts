import { EngineError } from '#base';
import { Flags } from '../flags.ts';
import { checkMount } from '../mount.ts';
import type { RunInstruction } from '../types.ts';
import { commandOf, type InstructionLine } from './line.ts';

const networks = ['default', 'none', 'host'] as const;
const securities = ['sandbox', 'insecure'] as const;

/** @throws EngineError invalid */
export function parseRun(line: InstructionLine): RunInstruction {
  const flags = new Flags(line.flags, ['mount', 'network', 'security', 'device'], ['mount', 'device']);
  const command = commandOf(line.rest);
  if (command === undefined) throw new EngineError('invalid', 'RUN requires at least one argument');
  const mounts = flags.texts('mount');
  for (const mount of mounts) checkMount(mount);
  return {
    ...line.written,
    kind: 'run',
    command,
    heredocs: line.heredocs,
    mounts,
    network: oneOf(networks, flags.text('network') ?? 'default', 'network mode'),
    security: oneOf(securities, flags.text('security') ?? 'sandbox', 'security mode'),
    devices: flags.texts('device'),
  };
}

function oneOf<T extends string>(known: readonly T[], value: string, what: string): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new EngineError('invalid', `${what} ${JSON.stringify(value)} is not supported`);
  }
  return found;
}
