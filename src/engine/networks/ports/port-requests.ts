import { EngineError } from '#base';
import type { ContainerPort, PortRequest, Protocol } from '../types.ts';

export interface PortWishes {
  /** By container port (`80/tcp`; `80` means tcp): where to publish it, in Docker's words. */
  readonly bindings: Readonly<Record<string, readonly { HostIp?: string; HostPort?: string }[] | null>>;
  readonly exposed: readonly string[];
  /** Publish every exposed port that has no binding at a free port. */
  readonly publishAll: boolean;
  /** The group that shares them; ports of the host that are any are not shared. */
  readonly group?: string | undefined;
}

/** What to publish, by rising container port. @throws EngineError invalid, with Docker's words */
export function portRequests({ bindings, exposed, publishAll, group }: PortWishes): PortRequest[] {
  const requests: PortRequest[] = Object.entries(bindings).flatMap(([key, places]) => {
    const port = parseContainerPort(key);
    return (places ?? []).map((place) => {
      const places = parseHostPorts(place.HostPort ?? '');
      const shared = group === undefined || places.hostPort === 0 ? {} : { group };
      return { ...port, hostAddress: place.HostIp ?? '', ...places, ...shared };
    });
  });
  const bound = new Set(requests.map(({ port, protocol }) => `${port}/${protocol}`));
  const open = publishAll ? exposed.map(parseContainerPort) : [];
  for (const { port, protocol } of open) {
    if (bound.has(`${port}/${protocol}`)) continue;
    requests.push({ port, protocol, hostAddress: '', hostPort: 0, hostPortEnd: 0 });
  }
  return requests.sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol));
}

/** @throws EngineError invalid */
export function parseContainerPort(text: string): ContainerPort {
  const [, digits, protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65535))
    throw new EngineError('invalid', `invalid port specification: "${text}"`);
  return { port, protocol: protocol as Protocol };
}

/** `8080`, `8000-8010`, or nothing for any. */
function parseHostPorts(text: string): { readonly hostPort: number; readonly hostPortEnd: number } {
  if (text === '') return { hostPort: 0, hostPortEnd: 0 };
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const hostPort = Number(first);
  const hostPortEnd = Number(last);
  if (!(hostPort <= hostPortEnd && hostPortEnd <= 65535)) {
    throw new EngineError('invalid', `invalid port specification: "${text}"`);
  }
  return { hostPort, hostPortEnd };
}
