import { readBundle } from '#runtime';
import { containerOperand, parseArguments } from '../arguments.ts';
import { type Command, print } from '../command.ts';
import { findContainer } from '../context.ts';
import { stateOf } from '../hooks.ts';

/** `state ID`: the container's state as the runtime specification gives it. */
export const command: Command = async (context, words) => {
  const { operands } = parseArguments(words, {});
  const { record, status, task } = await findContainer(context, containerOperand(operands));
  task?.close();
  const { annotations } = await readBundle(record.bundle).catch(() => ({ annotations: undefined }));
  const state = { ...stateOf(record, status), created: record.created, ...(annotations && { annotations }) };
  return print(JSON.stringify(state, undefined, 2));
};
