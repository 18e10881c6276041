import { isIP } from 'node:net';
import { EngineError } from '#base';

/** A server in the container's own network that a health check asks for an answer. */
export interface NetworkTarget {
  readonly protocol: (typeof protocols)[number];
  /** IP addresses, tried in turn. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** What HTTP calls the server. */
  readonly authority: string;
  /** Path and query of the request; empty for tcp. */
  readonly path: string;
}

const protocols = ['http', 'https', 'tcp'] as const;
const pattern = /^([a-z]+):\/\/(\[[^\]\s]*\]|[^:/?#\s]*)(?::(\d{1,5}))?([/?]\S*)?$/;
const defaultPorts = { http: 80, https: 443, tcp: 0 } as const;

/** Whether a text is meant as a server to ask, not as a command. */
export function looksLikeTarget(text: string): boolean {
  return /^(https?|tcp):\/\/\S*$/.test(text);
}

/**
 * Reads `http://[HOST][:PORT][/PATH]`, `https://…` or `tcp://[HOST]:PORT`; no host is the container itself.
 * @throws EngineError invalid
 */
export function parseTarget(text: string): NetworkTarget {
  const bad = (reason: string) =>
    new EngineError('invalid', `invalid health check ${JSON.stringify(text)}: ${reason}`);
  const [, scheme = '', host = '', digits, path = ''] = pattern.exec(text) ?? [];
  const protocol = protocols.find((known) => known === scheme);
  if (protocol === undefined) throw bad('must be PROTOCOL://[HOST][:PORT][/PATH]');
  const port = digits === undefined ? defaultPorts[protocol] : Number(digits);
  if (port < 1 || port > 65535) throw bad('must name a port from 1 to 65535');
  if (protocol === 'tcp' && path !== '' && path !== '/') throw bad('tcp has no path');
  const addresses = addressesOf(host);
  if (addresses === undefined) throw bad('the host must be an IP address, localhost or empty');
  return {
    protocol,
    addresses,
    port,
    authority: `${host === '' ? 'localhost' : host}${digits === undefined ? '' : `:${digits}`}`,
    path: protocol === 'tcp' ? '' : path.startsWith('/') ? path : `/${path}`,
  };
}

/** What parseTarget() reads; undefined for what is a command. */
export function tryParseTarget(text: string): NetworkTarget | undefined {
  try {
    return looksLikeTarget(text) ? parseTarget(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Names would have to be looked up by the container's own resolver, which the engine can't ask. */
function addressesOf(host: string): readonly string[] | undefined {
  if (host === '' || host === 'localhost') return ['127.0.0.1', '::1'];
  const address = host.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) === 0 ? undefined : [address];
}
