import { spawnSync } from 'node:child_process';
import { anyOperands, defineCommand, ExitError } from '../command.ts';
import { text } from '../flags/index.ts';
import { daemonProgram } from './program.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] [-- DAEMON_OPTION...]'],
  description:
    'Check what this machine has of what containers need: the features of the kernel, one by one.\nEnds with 0 when nothing that is needed is missing. No daemon has to run.',
  offline: true,
  operands: anyOperands,
  flags: { format: text(`Format of the report ("text", "json")`, { initial: 'text' }) },
  async run({ caller }, { values, operands }) {
    if (!['text', 'json'].includes(values.format)) throw new Error(`unknown format: ${values.format}`);
    const program = daemonProgram(caller);
    const { status, error } = spawnSync(program, ['--check', '--check-format', values.format, ...operands], {
      stdio: 'inherit',
    });
    if (error !== undefined) throw new ExitError(1, `${program}: ${error.message}`);
    return status ?? 1;
  },
});
