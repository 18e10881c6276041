import { EngineError } from '#base';
import type { ListenAddress } from '#serve/http';

const plainPort = 2375;

/** Reads a `-H` value: `unix:///path`, `tcp://host:port`. @throws EngineError invalid, in Docker's words */
export function parseHost(text: string, group: string): ListenAddress {
  const [, protocol, place = ''] = /^(?:(\w+):\/\/)?(.*)$/.exec(text) ?? [];
  if (protocol === 'unix') return { kind: 'unix', path: place || '/var/run/docker.sock', group };
  if (protocol === 'fd') return { kind: 'fd', fd: 3 };
  if (protocol === 'tcp' || protocol === undefined) return parseTcp(place, text);
  throw new EngineError('invalid', `invalid bind address format: ${text}`);
}

function parseTcp(place: string, text: string): ListenAddress {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-f:.]+)\]|([^:/]*))(?::(\d{1,5}))?\/?$/i.exec(place) ?? [];
  const port = Number(digits ?? plainPort);
  const host = bracketed ?? plain;
  if (host === undefined || port > 65535) {
    throw new EngineError('invalid', `invalid bind address format: ${text}`);
  }
  return { kind: 'tcp', host: host || 'localhost', port };
}
