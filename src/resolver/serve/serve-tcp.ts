import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { acceptConnection, pollEvent, watchDescriptor } from '#linux';
import { Framing, frame } from '../message/framing.ts';
import type { Responder } from './responder.ts';

const idleMs = 10_000;
/** After an attempt that failed: the next one may, too. */
const pauseMs = 100;
/** Of one container; further ones wait in the kernel. */
const mostConnections = 64;

/** Answers the connections to a listening TCP socket, until it is disposed of. The socket stays its holder's. */
export function serveTcp(fd: number, responder: Pick<Responder, 'respond'>): Disposable {
  const connections = new Set<Duplex>();
  let open = true;
  const acceptNext = () => {
    if (open && connections.size < mostConnections) watch.arm(pollEvent.readable);
  };
  const watch = watchDescriptor(fd, () => {
    const connection = tryAccept(fd);
    if (connection === undefined) {
      setTimeout(acceptNext, pauseMs).unref();
      return;
    }
    connections.add(connection);
    connection.on('error', () => connection.destroy());
    connection.once('close', () => {
      connections.delete(connection);
      acceptNext();
    });
    void converse(connection, responder);
    acceptNext();
  });
  acceptNext();
  return {
    [Symbol.dispose]() {
      open = false;
      watch[Symbol.dispose]();
      for (const connection of connections) connection.destroy();
    },
  };
}

/** None where a client has gone again meanwhile, or when there are no descriptors left. */
function tryAccept(fd: number): Duplex | undefined {
  try {
    return acceptConnection(fd);
  } catch {
    return undefined;
  }
}

/** One message after the other, so that a client that does not read holds up nobody but itself. */
async function converse(connection: Duplex, responder: Pick<Responder, 'respond'>): Promise<void> {
  const idle = setTimeout(() => connection.destroy(), idleMs);
  try {
    const framing = new Framing();
    for await (const chunk of connection) {
      for (const message of framing.take(chunk)) {
        const answer = await responder.respond(message, 'tcp');
        if (answer === undefined) return;
        if (!connection.write(frame(answer))) await once(connection, 'drain');
      }
      idle.refresh();
    }
  } catch {
    // The connection is what has failed; it ends below.
  } finally {
    clearTimeout(idle);
    connection.destroy();
  }
}
