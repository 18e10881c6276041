import type { Caller } from '../caller/index.ts';

export interface HelperAnswer {
  readonly output: string;
  /** Why it did not do its work. */
  readonly failure?: string;
}

/** Runs `docker-credential-NAME ACTION` of the caller's path with `input` to read. Never throws. */
export function runHelper(
  caller: Caller,
  name: string,
  action: string,
  input: string,
): Promise<HelperAnswer> {
  const program = `docker-credential-${name}`;
  const child = process
    .getBuiltinModule('node:child_process')
    .spawn(program, [action], { env: caller.environment, cwd: caller.directory, stdio: 'pipe' });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.on('data', (bytes: Buffer) => void caller.writeError(bytes));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => {
    const end = (reason?: string) => {
      const printed = output.trim();
      const failure = reason === undefined ? {} : { failure: `err: ${reason}, out: \`${printed}\`` };
      resolve({ output: printed, ...failure });
    };
    child.once('error', (error) => end(startFailure(program, error)));
    child.once('close', (code) => end(code === 0 ? undefined : `exit status ${code}`));
  });
}

function startFailure(program: string, error: Error): string {
  const isAbsent = 'code' in error && error.code === 'ENOENT';
  return `exec: "${program}": ${isAbsent ? 'executable file not found in $PATH' : error.message}`;
}
