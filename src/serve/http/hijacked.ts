import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { whenTaken } from './taken.ts';

/**
 * A connection that stopped speaking HTTP, as a stream with half-close: `end` on the reading side is the
 * client's, `end()` is ours, and the two do not wait for each other. `pull` gives what the client sends.
 *
 * The client has the answer's head by itself first: one that reads heads through a buffer (Python's does) would lose
 * what comes along with it.
 */
export function hijackedStream(socket: Socket, pull: () => Promise<Buffer | undefined>): Duplex {
  let headTaken = false;
  const send = (chunk: Buffer, done: () => void) => {
    if (socket.write(chunk)) done();
    else socket.once('drain', done);
  };
  const stream: Duplex = new Duplex({
    allowHalfOpen: true,
    read() {
      pull().then(
        (chunk) => stream.push(chunk ?? null),
        (error: Error) => stream.destroy(error),
      );
    },
    write(chunk: Buffer, _encoding, done) {
      if (headTaken) return send(chunk, done);
      headTaken = true;
      whenTaken(socket).then(() => send(chunk, done), done);
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
