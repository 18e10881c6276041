import { once } from 'node:events';
import { isIP, connect as openPlain, type Socket } from 'node:net';
import { connect as openSecure } from 'node:tls';
import { HttpReader, socketWire } from '#http1';
import { secureContextOf, type Trust } from './trust.ts';

const dialTimeoutMs = 30_000;

/** Opens a connection to a URL's host, by a proxy if there is one. @throws the runtimes' errors, the signal's reason */
export async function dial(
  url: URL,
  trust: Trust,
  proxy: URL | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const isSecure = url.protocol === 'https:';
  if (proxy === undefined) return settle(isSecure ? secure(url, trust) : plain(url), signal);
  const systemTrust = { anyCertificate: false, certificates: undefined };
  const socket = await settle(
    proxy.protocol === 'https:' ? secure(proxy, systemTrust) : plain(proxy),
    signal,
  );
  if (!isSecure) return socket;
  await settle(socket, signal, (_, given) => openTunnel(socket, url, proxy, given));
  return settle(secure(url, trust, socket), signal);
}

function plain(url: URL): Socket {
  return openPlain({ host: bareHost(url), port: Number(url.port) || 80 });
}

function secure(url: URL, trust: Trust, tunnel?: Socket): Socket {
  const host = bareHost(url);
  return openSecure({
    ...(tunnel === undefined ? { host, port: Number(url.port) || 443 } : { socket: tunnel, host }),
    ...(isIP(host) === 0 && { servername: host }),
    secureContext: secureContextOf(trust),
    rejectUnauthorized: !trust.anyCertificate,
  });
}

type Step = (socket: Socket, given: AbortSignal) => Promise<unknown>;

/** Waits for a step of a socket's way, until it stands if no other is named; one that is given up is destroyed. */
async function settle(socket: Socket, signal: AbortSignal, step: Step = whenOpen): Promise<Socket> {
  const given = AbortSignal.any([signal, AbortSignal.timeout(dialTimeoutMs)]);
  try {
    await step(socket, given);
    return socket.setNoDelay(true);
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    signal.throwIfAborted();
    throw given.aborted
      ? Object.assign(new Error('i/o timeout', { cause: error }), { code: 'ETIMEDOUT' })
      : error;
  }
}

function whenOpen(socket: Socket, given: AbortSignal): Promise<unknown> {
  return once(socket, 'encrypted' in socket ? 'secureConnect' : 'connect', { signal: given });
}

/** Asks a proxy to join the socket to a host. */
async function openTunnel(socket: Socket, url: URL, proxy: URL, given: AbortSignal): Promise<void> {
  const authority = `${url.hostname}:${url.port || '443'}`;
  given.throwIfAborted();
  const wire = socketWire(socket);
  const giveUp = () => wire.destroy();
  given.addEventListener('abort', giveUp);
  try {
    await wire.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${proxyCredentials(proxy)}\r\n`);
    const { status } = await new HttpReader(wire).readHead();
    if (status !== 200) throw new Error(`proxy ${proxy.host} answered CONNECT with status ${status}`);
    socket.removeAllListeners('data');
  } finally {
    given.removeEventListener('abort', giveUp);
  }
}

/** The header line that a proxy with a name and password in its URL asks for. */
export function proxyCredentials({ username, password }: URL): string {
  if (username === '') return '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Proxy-Authorization: Basic ${Buffer.from(pair).toString('base64')}\r\n`;
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
