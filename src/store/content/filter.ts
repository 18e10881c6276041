import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { EngineError, errnoOf } from '#base';

/**
 * What a program of this machine (`xz`, `bzip2`) makes of a stream. Ending the iteration early ends the program.
 * @throws EngineError invalid, when the program rejects its input; notImplemented, when it is not installed
 */
export async function* filterThrough(
  program: string,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, ['-d', '-c', '-q'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = exitOf(child, program);
  const fed = pipeline(source, child.stdin).catch((error: unknown) => {
    // The program closes its input early when it dislikes it; its exit status tells then.
    if (errnoOf(error) !== 'EPIPE') throw error;
  });
  ended.catch(() => {});
  fed.catch(() => child.kill('SIGKILL'));
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array;
    await fed;
    await ended;
  } finally {
    child.kill('SIGKILL');
  }
}

async function exitOf(child: ChildProcess, program: string): Promise<void> {
  try {
    const [code] = await once(child, 'close');
    if (code !== 0) throw new EngineError('invalid', `${program}: compressed data is broken`);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    throw new EngineError('notImplemented', `cannot decompress: ${program} is not installed`, {
      cause,
      hint: `Install ${program}, or compress with gzip or zstd.`,
    });
  }
}
