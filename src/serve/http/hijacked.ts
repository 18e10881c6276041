import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * A connection that stopped speaking HTTP, as a stream with half-close: `end` on the reading side is the
 * client's, `end()` is ours, and the two do not wait for each other. `pull` gives what the client sends.
 */
export function hijackedStream(socket: Socket, pull: () => Promise<Buffer | undefined>): Duplex {
  const stream: Duplex = new Duplex({
    allowHalfOpen: true,
    read() {
      pull().then(
        (chunk) => stream.push(chunk ?? null),
        (error: Error) => stream.destroy(error),
      );
    },
    write(chunk: Buffer, _encoding, done) {
      if (socket.write(chunk)) done();
      else socket.once('drain', done);
    },
    final(done) {
      socket.end(done);
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.once('close', () => stream.destroy());
  return stream;
}
