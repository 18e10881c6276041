import type { PortBinding } from '#api';
import { ipVersion } from '../../ip-version.ts';
import { parseCsv } from './csv.ts';

/** What `--expose` and `--publish` ask for, by container port (`80/tcp`). */
export interface PortSet {
  readonly exposed: Record<string, Record<string, never>>;
  readonly bindings: Record<string, PortBinding[]>;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

const protocols = ['tcp', 'udp', 'sctp'];

/** @throws Error with the stock client's words for what is no port */
export function parsePorts(published: readonly string[], exposed: readonly string[]): PortSet {
  const ports: PortSet = { exposed: {}, bindings: {} };
  for (const text of published) publishPorts(ports, shortForm(text));
  for (const text of exposed) exposePorts(ports, text);
  return ports;
}

function publishPorts(ports: PortSet, text: string): void {
  const { address, hostText, insideText, protocol } = splitPublished(text);
  const inside = parseRange(insideText, `invalid containerPort: ${insideText}`);
  const host = hostText === '' ? undefined : parseRange(hostText, `invalid hostPort: ${hostText}`);
  const spreads = host !== undefined && inside.first === inside.last && host.first !== host.last;
  if (host !== undefined && !spreads && host.last - host.first !== inside.last - inside.first) {
    throw new Error(`invalid ranges specified for container and host Ports: ${insideText} and ${hostText}`);
  }
  if (!protocols.includes(protocol)) throw new Error(`invalid proto: ${protocol}`);
  for (let offset = 0; inside.first + offset <= inside.last; offset++) {
    const port = `${inside.first + offset}/${protocol}`;
    const hostPort =
      host === undefined ? '' : spreads ? `${host.first}-${host.last}` : `${host.first + offset}`;
    ports.exposed[port] = {};
    ports.bindings[port] = [...(ports.bindings[port] ?? []), { HostIp: address, HostPort: hostPort }];
  }
}

/** `[address:][host port:]port[/protocol]`. */
function splitPublished(text: string) {
  const slash = text.lastIndexOf('/');
  const protocol = slash < 0 ? 'tcp' : text.slice(slash + 1).toLowerCase();
  const parts = (slash < 0 ? text : text.slice(0, slash)).split(':');
  const insideText = parts.pop() ?? '';
  const hostText = parts.pop() ?? '';
  const address = parts.join(':').replace(/^\[(.*)\]$/, '$1');
  if (insideText === '') throw new Error(`no port specified: ${text}<empty>`);
  if (address !== '' && ipVersion(address) === 0) throw new Error(`invalid IP address: ${address}`);
  return { address, hostText, insideText, protocol };
}

function exposePorts(ports: PortSet, text: string): void {
  if (text.includes(':')) throw new Error(`invalid port format for --expose: ${text}`);
  const [range = '', protocol = 'tcp'] = text.split('/');
  const syntax = `strconv.ParseUint: parsing ${JSON.stringify(range)}: invalid syntax`;
  const { first, last } = parseRange(range, `invalid range format for --expose: ${text}, error: ${syntax}`);
  if (!protocols.includes(protocol.toLowerCase())) throw new Error(`invalid proto: ${protocol}`);
  for (let port = first; port <= last; port++) ports.exposed[`${port}/${protocol.toLowerCase()}`] = {};
}

function parseRange(text: string, complaint: string): Range {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const first = Number(match?.[1] ?? Number.NaN);
  const last = Number(match?.[2] ?? first);
  if (!(first <= last && last <= 65535)) throw new Error(complaint);
  return { first, last };
}

/** `target=80,published=8080,protocol=tcp` in the short form; other texts as they are. */
function shortForm(text: string): string {
  if (!text.includes('=')) return text;
  const parts: Record<string, string> = {};
  for (const field of parseCsv(text)) {
    const [key = '', value] = field.split('=');
    if (value === undefined || value === '')
      throw new Error(`invalid publish opts format (should be name=value but got '${field}')`);
    parts[key.trim().toLowerCase()] = value;
  }
  const { target, published, protocol } = parts;
  return `${published === undefined ? '' : `${published}:`}${target ?? ''}/${protocol ?? 'tcp'}`;
}
