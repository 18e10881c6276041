import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

// A client that stays would outlive the tests; those that want one ask for it.
process.env.WHARF_WARM ??= '0';

/** How much more time than usual the tests of a slow machine give everything. */
const patience = Number(process.env.WHARF_TEST_PATIENCE ?? 1);

/** The stock Docker client of Debian sid and the folder of its plugins, unpacked by tools/setup.sh. */
export const dockerProgram = `${repository}build/deb/usr/bin/docker`;
export const dockerPlugins = `${repository}build/deb/usr/libexec/docker/cli-plugins`;

export interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  /** The program is killed and the call fails after this time. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end with its output collected; resolves whatever its exit code. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Output> {
  const child = spawn(program, args, { env: { ...process.env, ...options.env }, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input);
  return ended(child, `${program} ${args.join(' ')}`, (options.timeoutMs ?? 30_000) * patience).then(
    (code) => ({
      code,
      ...output,
    }),
  );
}

function ended(child: ChildProcess, what: string, timeoutMs: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${what}: no end after ${timeoutMs} ms`));
    }, timeoutMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

/** Polls until `probe` gives a value that is not undefined or false; fails after `timeoutMs`. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs * patience;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not so after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
