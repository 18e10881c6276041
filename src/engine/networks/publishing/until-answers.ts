import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const retryMs = 50;
const patienceMs = 1000;

/**
 * Returns when a TCP port takes a connection, however long that lasts; it does not keep the process alive.
 * @throws the signal's reason, when aborted
 */
export async function untilAnswers(address: string, port: number, signal: AbortSignal): Promise<void> {
  while (!(await answers(address, port, signal))) await delay(retryMs, undefined, { signal, ref: false });
}

function answers(address: string, port: number, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: patienceMs });
    const settle = (answered: boolean) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(answered);
    };
    const onAbort = () => settle(false);
    signal.addEventListener('abort', onAbort);
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
