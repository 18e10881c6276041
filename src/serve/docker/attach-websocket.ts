import { demultiplex, sinceMinor } from '#api';
import type { AttachedStream } from '#engine/containers';
import { acceptWebSocket, checkWebSocketRequest, type WebSocketServerEnd } from '#serve/http';
import { idOf } from './containers.ts';
import { attachOptions } from './streams.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

/** Attaching from a browser: one stream each way, standard output and error mixed. */
export function attachWebSocketHandlers({
  containers,
}: DockerApiParts): Handlers<'containerAttachWebSocket'> {
  return {
    async containerAttachWebSocket(call) {
      checkWebSocketRequest(call.request);
      const attached = await containers.attach(idOf(call), optionsOf(call));
      const socket = await acceptWebSocket(call.request, call.response);
      const kind = sinceMinor(call.version, 28) ? 'binary' : 'text';
      await Promise.all([giveInput(socket, attached), sendOutput(socket, attached, kind)]);
    },
  };
}

/** Before 1.42 a WebSocket had all streams, whatever was asked for. */
function optionsOf(call: Call) {
  const asked = attachOptions(call);
  return sinceMinor(call.version, 42) ? asked : { ...asked, stdin: true, stdout: true, stderr: true };
}

async function giveInput(socket: WebSocketServerEnd, { stream }: AttachedStream): Promise<void> {
  for await (const bytes of socket.receive()) {
    if (!stream.writable) continue;
    await new Promise<void>((resolve) => {
      stream.once('close', resolve);
      stream.write(bytes, () => {
        stream.off('close', resolve);
        resolve();
      });
    });
  }
  stream.destroy();
}

async function sendOutput(
  socket: WebSocketServerEnd,
  { stream, framed }: AttachedStream,
  kind: 'text' | 'binary',
): Promise<void> {
  stream.on('error', () => undefined);
  const decoder = new TextDecoder();
  try {
    for await (const bytes of framed ? payloads(stream) : stream) {
      // A character may come in two pieces, which a text message must not.
      const whole = kind === 'binary' ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
      if (whole.length > 0) await socket.send(kind, whole);
    }
  } catch {
    // The client went away, or the process's side broke off.
  }
  socket.close();
}

async function* payloads(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const { payload } of demultiplex(stream)) yield payload;
}
