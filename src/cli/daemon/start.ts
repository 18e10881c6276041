import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineCommand, ExitError, noOperands } from '../command.ts';
import { text } from '../flags/index.ts';
import { writeOut } from '../output.ts';
import type { Session } from '../session.ts';

const patienceMs = 15_000;
const pollMs = 20;

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  description: 'Start the daemon in the background, and wait until it answers',
  operands: noOperands,
  flags: { log: text('File for what the daemon says', { initial: '/var/log/wharfd.log' }) },
  async run(session, { values }) {
    if (await answers(session)) {
      writeOut('The daemon is running already\n');
      return;
    }
    const ended = launch(values.log, session.options.host);
    const deadline = Date.now() + patienceMs;
    while (!(await answers(session))) {
      const exitCode = ended();
      if (exitCode !== undefined)
        throw new ExitError(1, `the daemon ended with exit code ${exitCode}: see ${values.log}`);
      if (Date.now() > deadline) throw new ExitError(1, `the daemon does not answer: see ${values.log}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    writeOut('The daemon is running\n');
  },
});

/** Starts the daemon that lies beside this program; returns how to ask whether it has ended. */
function launch(logPath: string, host: string | undefined): () => number | undefined {
  const program = join(dirname(process.execPath), 'wharfd');
  if (!existsSync(program)) throw new ExitError(1, `${program}: no such file or directory`);
  const log = openSync(logPath, 'a', 0o640);
  const args = host === undefined ? [] : ['--host', host];
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
