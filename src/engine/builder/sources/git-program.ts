import { execFile } from 'node:child_process';
import { EngineError } from '#base';

/** Nothing of the host's user counts, and nobody is asked for a password. */
const environment = {
  PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '/bin/false',
  GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
  GIT_ALLOW_PROTOCOL: 'git:http:https:ssh',
  LC_ALL: 'C',
};
const longestOutput = 16 << 20;

/**
 * Runs git in a repository of its own.
 * @returns what it wrote, without the last newline
 * @throws EngineError unavailable, when git fails or is not installed; the signal's reason
 */
export function runGit(folder: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const options = { cwd: folder, env: { ...environment, HOME: folder }, maxBuffer: longestOutput, signal };
  return new Promise((resolve, reject) => {
    execFile('git', ['-c', 'core.hooksPath=/dev/null', ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trimEnd());
      else if (signal.aborted) reject(signal.reason);
      else reject(failure(error, stderr));
    });
  });
}

function failure(cause: Error, stderr: string): EngineError {
  if ('code' in cause && cause.code === 'ENOENT') {
    return new EngineError(
      'unavailable',
      'to fetch from a git repository, git has to be installed on the host',
      {
        cause,
      },
    );
  }
  return new EngineError('unavailable', stderr.trim() || cause.message, { cause });
}
