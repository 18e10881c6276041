import { bytesMessage } from '../messages/common.ts';
import type { ClientSession } from '../sessions.ts';

/** Sends one file to where the client wants it. */
export async function sendFile(
  { client }: ClientSession,
  file: {
    readonly id: string;
    readonly bytes: AsyncIterable<Uint8Array>;
    /** Hears how many have been sent. */
    readonly onBytes: (count: number) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  const metadata = { 'buildkit-attachable-exporter-id': file.id };
  const stream = client.open('/moby.filesync.v1.FileSend/DiffCopy', metadata, signal);
  let count = 0;
  for await (const data of file.bytes) {
    await stream.send(bytesMessage.encode({ data }));
    count += data.length;
    file.onBytes(count);
  }
  stream.end();
  for await (const _ of stream.messages);
}
