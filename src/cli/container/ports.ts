import type { PortSummary } from '#api';

interface Run {
  readonly ip: string;
  readonly type: string;
  first: number;
  last: number;
}

/**
 * A container's ports for the table: neighbouring ports that are published under their own number are
 * drawn together, then come the others.
 */
export function describePorts(ports: readonly PortSummary[]): string {
  if (ports.length === 0) return '';
  const finished: string[] = [];
  const open = new Map<string, Run>();
  const mappings: string[] = [];
  for (const { IP: ip = '', PrivatePort: port, PublicPort: publicPort = 0, Type: type } of sortPorts(ports)) {
    if (ip !== '' && publicPort !== port) {
      mappings.push(`${joinHostPort(ip, String(publicPort))}->${port}/${type}`);
      continue;
    }
    const key = `${ip}/${type}`;
    const run = open.get(key);
    if (run !== undefined && port === run.last + 1) {
      run.last = port;
      continue;
    }
    if (run !== undefined) finished.push(describeRun(run));
    open.set(key, { ip, type, first: port, last: port });
  }
  return [...finished, ...[...open.values()].map(describeRun), ...mappings].join(', ');
}

function sortPorts(ports: readonly PortSummary[]): PortSummary[] {
  return [...ports].sort(
    (a, b) =>
      a.PrivatePort - b.PrivatePort ||
      compareText(a.IP ?? '', b.IP ?? '') ||
      (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
      compareText(a.Type, b.Type),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function describeRun({ ip, type, first, last }: Run): string {
  const range = first === last ? `${first}` : `${first}-${last}`;
  return `${ip === '' ? '' : `${joinHostPort(ip, range)}->`}${range}/${type}`;
}

/** IPv6 addresses stand in brackets. */
export function joinHostPort(host: string, port: string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
