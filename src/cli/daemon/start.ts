import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import type { Caller } from '../caller/index.ts';
import { anyOperands, defineCommand, ExitError } from '../command.ts';
import { text } from '../flags/index.ts';
import type { Session } from '../session.ts';
import { daemonProgram } from './program.ts';

const patienceMs = 15_000;
const pollMs = 20;

export const command = defineCommand({
  synopsis: ['[OPTIONS] [-- DAEMON_OPTION...]'],
  description: 'Start the daemon in the background, and wait until it answers',
  operands: anyOperands,
  flags: { log: text('File for what the daemon says', { initial: '/var/log/wharfd.log' }) },
  async run(session, { values, operands }) {
    if (await answers(session)) {
      session.caller.writeOut('The daemon is running already\n');
      return;
    }
    const ended = launch(session.caller, values.log, daemonArguments(session.options.host, operands));
    const deadline = Date.now() + patienceMs;
    while (!(await answers(session))) {
      const exitCode = ended();
      if (exitCode !== undefined)
        throw new ExitError(1, `the daemon ended with exit code ${exitCode}: see ${values.log}`);
      if (Date.now() > deadline) throw new ExitError(1, `the daemon does not answer: see ${values.log}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    session.caller.writeOut('The daemon is running\n');
  },
});

/** A daemon that is to be reached at an address of the user's listens there. */
function daemonArguments(host: string | undefined, further: readonly string[]): string[] {
  return host === undefined ? [...further] : ['--host', host, ...further];
}

/** Starts the daemon; returns how to ask whether it has ended. */
function launch(caller: Caller, logPath: string, args: readonly string[]): () => number | undefined {
  const program = daemonProgram(caller);
  const log = openSync(logPath, 'a', 0o640);
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  let exitCode: number | undefined;
  child.on('exit', (code) => {
    exitCode = code ?? 1;
  });
  child.unref();
  return () => exitCode;
}

async function answers({ client }: Session): Promise<boolean> {
  try {
    await client.call({ method: 'GET', path: '/_ping' });
    return true;
  } catch {
    return false;
  }
}
