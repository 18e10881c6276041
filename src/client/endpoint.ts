import type { Endpoint, TlsFiles } from './types.ts';

export const defaultHost = 'unix:///var/run/docker.sock';

/**
 * The endpoint that a `DOCKER_HOST` style address names.
 * @throws Error with the stock client's words for an address of no known form
 */
export function parseEndpoint(text: string, tls?: TlsFiles): Endpoint {
  if (text.startsWith('unix://')) return { kind: 'unix', text, path: text.slice('unix://'.length) };
  if (text.startsWith('ssh://')) return parseSsh(text);
  const scheme = text.includes('://') ? text.slice(0, text.indexOf('://')) : 'tcp';
  if (scheme !== 'tcp' && scheme !== 'http' && scheme !== 'https') {
    throw new Error(`invalid bind address format: ${text}`);
  }
  const address = text.includes('://') ? text.slice(scheme.length + 3) : text;
  return { kind: 'tcp', text, ...splitAddress(address, tls ? 2376 : 2375), ...(tls ? { tls } : {}) };
}

/** `ssh://[user@]host[:port][/path]`. */
function parseSsh(text: string): Endpoint {
  const match = /^ssh:\/\/(?:([^@/]*)@)?(\[[^\]]*\]|[^:/]+)(?::(\d+))?(\/.*)?$/.exec(text);
  if (match === null) throw new Error(`invalid SSH URL: ${text}`);
  const [, user, host = '', port, path = '/'] = match;
  if (user?.includes(':')) throw new Error('plain-text password is not supported');
  return {
    kind: 'ssh',
    text,
    host: host.replace(/^\[|\]$/g, ''),
    ...(user === undefined || user === '' ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(path === '/' ? {} : { path }),
  };
}

function splitAddress(address: string, defaultPort: number): { host: string; port: number } {
  const match = /^(\[[^\]]*\]|[^:/]*)(?::(\d+))?/.exec(address);
  const host = (match?.[1] ?? '').replace(/^\[|\]$/g, '');
  return { host: host === '' ? '127.0.0.1' : host, port: Number(match?.[2] ?? defaultPort) };
}
