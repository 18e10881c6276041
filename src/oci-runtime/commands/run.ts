import type { ExitStatus } from '#task';
import { containerOperand, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { cgroupOf } from '../context.ts';
import { type Created, createContainer, discardContainer, startContainer } from '../launch.ts';
import { forwardSignals } from '../signals.ts';
import { relayTerminal } from '../terminal.ts';

const table = {
  bundle: 'value',
  'pid-file': 'value',
  detach: 'switch',
  keep: 'switch',
  'no-pivot': 'switch',
  'no-new-keyring': 'switch',
} as const;

/** `run ID`: create and start; in the foreground also wait, delete and end as the container did. */
export const command: Command = async (context, words) => {
  const { flags, operands } = parseArguments(words, table, { b: 'bundle', d: 'detach' });
  const created = await createContainer(context, {
    id: containerOperand(operands),
    bundle: flags.bundle ?? '.',
    pidFile: flags['pid-file'],
    foreground: !flags.detach,
  });
  const { task, record } = created;
  const discard = () => discardContainer(context, record, cgroupOf(record));
  try {
    await startContainer(context, created);
  } catch (error) {
    await discard();
    throw error;
  }
  if (flags.detach) {
    task.close();
    return 0;
  }
  const { code } = await follow(created);
  if (!flags.keep) await discard();
  return code;
};

async function follow({ task }: Created): Promise<ExitStatus> {
  using _forwarding = forwardSignals(task);
  const [terminal] = task.attached;
  if (terminal !== undefined) await relayTerminal(terminal, task);
  return task.exited;
}
