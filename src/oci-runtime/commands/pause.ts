import { EngineError } from '#base';
import { freezeCgroup } from '#linux';
import { containerOperand, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { cgroupOf, findContainer } from '../context.ts';

/** `pause ID`: stands every process of the container still. */
export const command: Command = async (context, words) => {
  const { operands } = parseArguments(words, {});
  const { record, status, task } = await findContainer(context, containerOperand(operands));
  task?.close();
  const cgroup = cgroupOf(record);
  if ((status !== 'running' && status !== 'created') || cgroup === undefined) {
    throw new EngineError('conflict', `cannot pause a container in the ${status} state`);
  }
  await freezeCgroup(cgroup);
  return 0;
};
