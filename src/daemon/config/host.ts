import { EngineError } from '#base';

/** Where the daemon was told to listen. */
export type DaemonHost =
  /** For root and a group; without one that was asked for, for that of the usual name, if there is one. */
  | { readonly kind: 'unix'; readonly path: string; readonly group: string | undefined }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** Sockets that the service manager has opened: one by number or name, or all of them. */
  | { readonly kind: 'fd'; readonly which: string };

const plainPort = 2375;
const tlsPort = 2376;

export interface HostDefaults {
  /** Of unix sockets, by name or id. */
  readonly group: string | undefined;
  /** Decides the port of a tcp host that names none. */
  readonly tls: boolean;
}

/**
 * Reads a `-H` value: `unix:///path`, `tcp://host:port`, `fd://`, `fd://3`, `fd://name`.
 * @throws EngineError invalid, in Docker's words
 */
export function parseHost(text: string, { group, tls }: HostDefaults): DaemonHost {
  const [, protocol, place = ''] = /^(?:(\w+):\/\/)?(.*)$/.exec(text.trim()) ?? [];
  if (protocol === 'unix' || text.trim() === '') {
    return { kind: 'unix', path: place || '/var/run/docker.sock', group };
  }
  if (protocol === 'fd') return { kind: 'fd', which: place || '*' };
  if (protocol !== 'tcp' && protocol !== undefined) {
    throw new EngineError('invalid', `invalid bind address (${text}): unsupported proto '${protocol}'`);
  }
  return parseTcp(place, text, tls ? tlsPort : plainPort);
}

function parseTcp(place: string, text: string, defaultPort: number): DaemonHost {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-f:.]+)\]|([^:/]*))(?::(\d{1,5}))?\/?$/i.exec(place) ?? [];
  const port = Number(digits ?? defaultPort);
  const host = bracketed ?? plain;
  if (host === undefined || port > 65535) {
    throw new EngineError('invalid', `invalid bind address (${text}): want tcp://host:port`);
  }
  return { kind: 'tcp', host: host || 'localhost', port };
}

/** Reads `host:port`; without a host it is every address of IPv4. @throws EngineError invalid */
export function parseMetricsAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:/]*)):(\d{1,5})$/i.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65535) {
    throw new EngineError('invalid', `invalid metrics address (${text}): want host:port`);
  }
  return { host: bracketed || plain || '0.0.0.0', port };
}
