import { EngineError } from '#base';
import { thawCgroup } from '#linux';
import { containerOperand, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { cgroupOf, findContainer } from '../context.ts';

/** `resume ID`: undoes `pause`. */
export const command: Command = async (context, words) => {
  const { operands } = parseArguments(words, {});
  const { record, status, task } = await findContainer(context, containerOperand(operands));
  task?.close();
  const cgroup = cgroupOf(record);
  if (status !== 'paused' || cgroup === undefined) throw new EngineError('conflict', 'container not paused');
  await thawCgroup(cgroup);
  return 0;
};
