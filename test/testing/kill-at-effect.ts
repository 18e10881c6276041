import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { repository, runProgram } from './programs.ts';

/** A daemon that is killed, and started again. */
interface Target {
  readonly pid: number;
  stop(signal: 'SIGKILL'): Promise<unknown>;
  start(): Promise<unknown>;
}

/** A process that is killed when it comes to a certain effect. */
interface Fault {
  /** Settles when it is killed. */
  readonly struck: Promise<void>;
  /** Spares the process from here on. @returns the effect that it did not come to do, undefined when it lives */
  end(): Promise<string | undefined>;
}

/** Compiles the tool that watches a process' system calls to `path`. */
export async function buildKillAtEffect(path: string): Promise<void> {
  const source = `${repository}test/fixtures/kill-at-effect.c`;
  const { code, stderr } = await runProgram('cc', ['-O2', '-o', path, source]);
  if (code !== 0) throw new Error(stderr);
}

/**
 * Performs something with a target that is killed before its n-th effect, and started again.
 * @returns the effect, undefined when it has less @throws what performing it throws, when it is not killed
 */
export async function strike(
  tool: string,
  target: Target,
  n: number,
  perform: () => Promise<unknown>,
): Promise<string | undefined> {
  const fault = await killAtEffect(tool, target.pid, n);
  const performed = perform();
  await Promise.race([fault.struck, performed.catch(() => fault.struck)]);
  const effect = await fault.end();
  if (effect === undefined) {
    await performed;
  } else {
    performed.catch(() => undefined);
    await target.stop('SIGKILL');
    await target.start();
  }
  return effect;
}

/** Kills the process before the n-th effect that it has from now on, until end(). */
async function killAtEffect(tool: string, pid: number, n: number): Promise<Fault> {
  const child = spawn(tool, [String(pid), String(n)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = Promise.withResolvers<void>();
  const struck = Promise.withResolvers<void>();
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    ready.resolve();
  });
  const closed = once(child, 'close').then(() => {
    ready.reject(new Error(`process ${pid} can't be watched`));
    if (child.exitCode === 0) struck.resolve();
  });
  await ready.promise;
  return {
    struck: struck.promise,
    async end() {
      child.kill();
      await closed;
      return child.exitCode === 0 ? output.split('\n')[1] : undefined;
    },
  };
}
