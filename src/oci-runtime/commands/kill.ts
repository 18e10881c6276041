import { EngineError } from '#base';
import { signalCgroup } from '#linux';
import { containerOperand, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { cgroupOf, findContainer } from '../context.ts';
import { parseSignal } from '../signals.ts';

/** `kill ID [SIGNAL]`: signals the container's first process, with `--all` every process of its cgroup. */
export const command: Command = async (context, words) => {
  const { flags, operands } = parseArguments(words, { all: 'switch' }, { a: 'all' });
  const { record, task } = await findContainer(context, containerOperand(operands));
  const signal = parseSignal(operands[1] ?? 'SIGTERM');
  const cgroup = cgroupOf(record);
  if (flags.all && cgroup !== undefined) signalCgroup(cgroup, signal);
  else if (task === undefined) throw new EngineError('conflict', 'container not running');
  else await task.kill(signal);
  task?.close();
  return 0;
};
