import { spawn } from 'node:child_process';
import { eventually } from './programs.ts';

/** A program in a terminal of its own, and who sits before it. */
export interface Terminal {
  /** All that it has shown. */
  shown(): string;
  /** Types text; control keys as their characters. */
  type(text: string): void;
  /** Waits until it has shown what the pattern describes. */
  shows(pattern: RegExp): Promise<void>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

export const keys = { interrupt: '\x03', endOfInput: '\x04', detach: '\x10\x11' } as const;

const relay = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** busybox asks where the cursor is, and goes on without an answer. */
const cursorQuestion = '\x1b[6n';

/** Starts a program in a new terminal of 33 lines and 99 columns. */
export function openTerminal(command: readonly string[], env: NodeJS.ProcessEnv): Terminal {
  const sized = ['sh', '-c', 'stty rows 33 cols 99; exec "$@"', 'sh', ...command];
  const child = spawn('/usr/bin/python3', ['-c', relay, ...sized], { env: { ...process.env, ...env } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text.replaceAll(cursorQuestion, '');
  });
  child.stdin.on('error', () => undefined);
  return {
    shown: () => output,
    type: (text) => void child.stdin.write(text),
    async shows(pattern) {
      await eventually(`the terminal shows ${pattern}`, () => pattern.test(output)).catch((error) => {
        throw new Error(`${error.message}: ${JSON.stringify(output)}`);
      });
    },
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}
