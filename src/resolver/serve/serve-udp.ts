import { pollEvent, receiveDatagram, sendDatagram, senderBytes, watchDescriptor } from '#linux';
import type { Responder } from './responder.ts';

/** Longer messages are no questions; EDNS queries of today's clients have some 100 bytes. */
const buffer = new Uint8Array(4096);
/** Datagrams of one container before others have their turn. */
const mostAtOnce = 64;

/** Answers what comes to a UDP socket, until it is disposed of. The socket stays its holder's. */
export function serveUdp(fd: number, responder: Pick<Responder, 'respond'>): Disposable {
  let open = true;
  /** @returns whether there was a datagram */
  const answerOne = (): boolean => {
    const sender = new Uint8Array(senderBytes);
    const length = attempt(() => receiveDatagram(fd, buffer, sender));
    if (length === undefined) return false;
    const answer = attempt(() => responder.respond(buffer.subarray(0, length), 'udp'));
    // The number of a socket that is closed may be another container's by now.
    const send = (bytes: Uint8Array) => void (open && attempt(() => sendDatagram(fd, bytes, sender)));
    if (answer instanceof Uint8Array) send(answer);
    // Who asks gets no answer, and asks again.
    else void answer?.then(send, () => undefined);
    return true;
  };
  const watch = watchDescriptor(fd, () => {
    for (let count = 0; count < mostAtOnce && answerOne(); count++);
    watch.arm(pollEvent.readable);
  });
  watch.arm(pollEvent.readable);
  return {
    [Symbol.dispose]() {
      open = false;
      watch[Symbol.dispose]();
    },
  };
}

/** One container's message must not end the answers of all: what fails is as good as lost. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
