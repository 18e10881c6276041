import { EngineError } from '#base';
import { readBundle } from '#runtime';
import { containerOperand, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { findContainer } from '../context.ts';
import { startContainer } from '../launch.ts';

/** `start ID`: lets the program of a created container run. */
export const command: Command = async (context, words) => {
  const { operands } = parseArguments(words, {});
  const { record, status, task } = await findContainer(context, containerOperand(operands));
  if (status !== 'created' || task === undefined) {
    throw new EngineError('conflict', `cannot start a container in the ${status} state`);
  }
  await startContainer(context, { spec: await readBundle(record.bundle), record, task });
  task.close();
  return 0;
};
