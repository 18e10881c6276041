import type { Http2Stream } from 'node:http2';
import type { Writable } from 'node:stream';
import { frame } from './frames.ts';

/** Sends one message; resolves when more is welcome, or when nobody takes any more. */
export async function writeMessage(stream: Http2Stream & Writable, message: Uint8Array): Promise<void> {
  if (stream.destroyed || stream.write(frame(message))) return;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      stream.off('drain', goOn);
      stream.off('close', goOn);
      resolve();
    };
    stream.on('drain', goOn);
    stream.on('close', goOn);
  });
}
