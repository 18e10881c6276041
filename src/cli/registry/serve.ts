import { spawn } from 'node:child_process';
import { anyOperands, defineCommand, ExitError } from '../command.ts';
import { siblingProgram } from '../daemon/program.ts';

const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  description:
    'Serve images to other machines, until it is told to stop. The options are those of wharf-registry.',
  offline: true,
  raw: true,
  operands: anyOperands,
  flags: {},
  run({ caller }, { operands }) {
    const program = siblingProgram(caller, 'wharf-registry');
    const child = spawn(program, operands, { stdio: 'inherit' });
    for (const signal of forwarded) caller.onSignal(signal, () => child.kill(signal));
    return new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new ExitError(1, `${program}: ${error.message}`)));
      child.once('exit', (code) => resolve(code ?? 1));
    });
  },
});
