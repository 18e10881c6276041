/** The thread that one xz or bzip2 stream is unpacked in: a separate entry point, started by unpackInThread(). */
import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '#base';
import { unpackBzip2 } from './bzip2.ts';
import { Mailbox } from './mailbox.ts';
import type { FromUnpacker, RareCompression, ToUnpacker } from './messages.ts';
import { unpackXz } from './xz.ts';

/** How many outputs may be on their way. */
const window = 4;

const pieces = new Mailbox<Uint8Array>();
const credits = new Mailbox<true>();
for (let count = 0; count < window; count++) credits.put(true);

parentPort?.on('message', (message: ToUnpacker) => {
  if (message.kind === 'piece') pieces.put(message.bytes);
  else if (message.kind === 'end') pieces.end();
  else credits.put(true);
});

async function* input(): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = await pieces.take();
    if (piece === undefined) return;
    yield piece;
    send({ kind: 'taken' });
  }
}

function send(message: FromUnpacker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function unpack(compression: RareCompression): Promise<void> {
  const outputs = compression === 'xz' ? unpackXz(input()) : unpackBzip2(input());
  for await (const output of outputs) {
    await credits.take();
    const bytes = new Uint8Array(output);
    send({ kind: 'output', bytes }, [bytes.buffer]);
  }
  send({ kind: 'done' });
}

unpack(workerData as RareCompression).catch((error: unknown) => {
  send({ kind: 'broken', message: errorMessage(error) });
});
