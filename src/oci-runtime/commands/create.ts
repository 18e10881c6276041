import { EngineError } from '#base';
import { containerOperand, parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { createContainer } from '../launch.ts';

const table = {
  bundle: 'value',
  'pid-file': 'value',
  'console-socket': 'value',
  'no-pivot': 'switch',
  'no-new-keyring': 'switch',
} as const;

/** `create ID`: everything but the user's program, which `start` lets run. */
export const command: Command = async (context, words) => {
  const { flags, operands } = parseArguments(words, table, { b: 'bundle' });
  if (flags['console-socket'] !== undefined) {
    throw new EngineError('notImplemented', '--console-socket is not supported');
  }
  const { task } = await createContainer(context, {
    id: containerOperand(operands),
    bundle: flags.bundle ?? '.',
    pidFile: flags['pid-file'],
    foreground: false,
  });
  task.close();
  return 0;
};
