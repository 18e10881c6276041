import { Worker } from 'node:worker_threads';
import { EngineError } from '#base';
import { Mailbox } from './mailbox.ts';
import type { FromUnpacker, RareCompression, ToUnpacker } from './messages.ts';

/** In a single-file executable the worker is found by its path in the source tree, else beside this file. */
const workerFile = import.meta.url.includes('/$bunfs/')
  ? './src/store/content/unpack/worker.ts'
  : new URL('./worker.ts', import.meta.url);

/**
 * The plain form of an xz or bzip2 stream, made in a thread of its own, which ends with the iteration.
 * @throws EngineError invalid, while iterating, when the compressed bytes are broken or cut
 */
export async function* unpackInThread(
  source: AsyncIterable<Uint8Array>,
  compression: RareCompression,
): AsyncGenerator<Uint8Array> {
  const thread = new Worker(workerFile, { workerData: compression });
  const outputs = new Mailbox<Uint8Array>();
  const welcome = new Mailbox<true>();
  const post = (message: ToUnpacker) => thread.postMessage(message);
  thread.on('error', (error) => outputs.fail(error));
  thread.on('message', (message: FromUnpacker) => {
    if (message.kind === 'output') outputs.put(message.bytes);
    else if (message.kind === 'taken') welcome.put(true);
    else if (message.kind === 'done') outputs.end();
    else outputs.fail(broken(compression, message.message));
  });
  const fed = feed(source, post, welcome).catch((error: unknown) => outputs.fail(error));
  try {
    for (let bytes = await outputs.take(); bytes !== undefined; bytes = await outputs.take()) {
      yield bytes;
      post({ kind: 'used' });
    }
  } finally {
    welcome.end();
    await thread.terminate();
    await fed;
  }
}

/** The libraries' own words mean nothing to a user. */
function broken(compression: RareCompression, cause: string): EngineError {
  return new EngineError('invalid', `${compression}: compressed data is broken`, { cause });
}

/** One piece at a time, until nobody welcomes more. */
async function feed(
  source: AsyncIterable<Uint8Array>,
  post: (message: ToUnpacker) => void,
  welcome: Mailbox<true>,
): Promise<void> {
  for await (const piece of source) {
    post({ kind: 'piece', bytes: new Uint8Array(piece) });
    if ((await welcome.take()) === undefined) return;
  }
  post({ kind: 'end' });
}
