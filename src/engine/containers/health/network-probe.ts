import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { getSystemErrorMessage } from 'node:util';
import { errorMessage } from '#base';
import { addressBytes } from '#engine/networks';
import { connectInside, SystemCallError } from '#linux';
import type { NetworkTarget } from './network-target.ts';
import type { ProbeOutcome } from './probe.ts';

const mostHeadBytes = 4096;

/**
 * Asks a server in the network of process `pid`, by a connection of our own: the container needs no program for it.
 * A connection is enough for tcp; http must answer with a status from 200 to 399, whoever signed its certificate.
 */
export async function askServer(
  pid: number,
  target: NetworkTarget,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  try {
    using stream = disposable(await connectAny(pid, target, signal));
    if (target.protocol === 'tcp') return { exitCode: 0, output: `connected to ${target.authority}` };
    const answer = await requestHead(stream, target, signal);
    const status = Number(/^HTTP\/1\.\d (\d{3})\b/.exec(answer)?.[1] ?? 0);
    const output = `GET ${target.protocol}://${target.authority}${target.path}: ${answer}`;
    return { exitCode: status >= 200 && status < 400 ? 0 : 1, output };
  } catch (error) {
    return { exitCode: 1, output: errorMessage(error) };
  }
}

async function connectAny(
  pid: number,
  { addresses, port }: NetworkTarget,
  signal: AbortSignal,
): Promise<Duplex> {
  const failures: string[] = [];
  for (const address of addresses) {
    try {
      return await connectInside(pid, { address: addressBytes(address), port }, signal);
    } catch (error) {
      failures.push(`connect ${address} port ${port}: ${explain(error)}`);
    }
    signal.throwIfAborted();
  }
  throw new Error(failures[0]);
}

function explain(error: unknown): string {
  return error instanceof SystemCallError ? getSystemErrorMessage(error.errno) : errorMessage(error);
}

function disposable<T extends Duplex>(stream: T): T & Disposable {
  return Object.assign(stream, { [Symbol.dispose]: () => void stream.destroy() });
}

/** Sends the request; gives the first line of the answer. */
function requestHead(plain: Duplex, target: NetworkTarget, signal: AbortSignal): Promise<string> {
  const stream =
    target.protocol === 'https' ? connectTls({ socket: plain, rejectUnauthorized: false }) : plain;
  return new Promise((resolve, reject) => {
    let head = '';
    const fail = (text: string) => reject(new Error(`${target.protocol}://${target.authority}: ${text}`));
    signal.addEventListener('abort', () => fail('no answer in time'), { once: true });
    stream.on('error', (error) => fail(error.message));
    stream.on('end', () => fail('the connection was closed without an answer'));
    stream.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\n');
      if (end >= 0) resolve(head.slice(0, end).trimEnd());
      else if (head.length > mostHeadBytes) fail('this is no HTTP server');
    });
    stream.write(
      `GET ${target.path} HTTP/1.1\r\nHost: ${target.authority}\r\nUser-Agent: wharf-health\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    );
  });
}
