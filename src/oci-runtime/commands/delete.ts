import { EngineError } from '#base';
import { endTask } from '#task';
import { containerOperand, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { cgroupOf, findContainer, type RuntimeContext } from '../context.ts';
import { discardContainer } from '../launch.ts';

/** `delete ID`: removes a container without a running program; `--force` kills it first. */
export const command: Command = async (context, words) => {
  const { flags, operands } = parseArguments(words, { force: 'switch' }, { f: 'force' });
  const id = containerOperand(operands);
  if (flags.force && context.records.tryLoad(id) === undefined) {
    context.records.forget(id);
    return 0;
  }
  await deleteContainer(context, id, flags.force);
  return 0;
};

async function deleteContainer(context: RuntimeContext, id: string, force: boolean): Promise<void> {
  const { record, status, task } = await findContainer(context, id);
  if (task !== undefined) {
    const mayEnd = force || status === 'created';
    if (!mayEnd) {
      throw new EngineError('conflict', `cannot delete container ${id} that is not stopped: ${status}`);
    }
    await endTask(task);
  }
  await discardContainer(context, record, cgroupOf(record));
}
