import { expression, type nftables } from '#linux';
import { addressBytes } from '../ipam/address.ts';
import type { ContainerPort, SandboxRecord } from '../types.ts';

/** The set of pairs of containers that may talk although their network keeps them apart, with the port. */
export const linkedPorts = 'linked_ports';

/** That one container may call a port of another, both by addresses of one family. */
export interface Passage extends ContainerPort {
  readonly from: string;
  readonly to: string;
}

/** The entries of the set in the table of one family. */
export function passageEntries(
  { family }: nftables.Table,
  passages: readonly Passage[],
): nftables.SetElement[] {
  const ours = passages.filter(({ to }) => to.includes(':') === (family === 6));
  return ours.map(({ from, to, protocol, port }) => ({
    key: [
      addressBytes(from),
      addressBytes(to),
      expression.element.protocol(protocol),
      expression.element.port(port),
    ],
  }));
}

/** What lets one container call ports of another on a network that both are on. */
export function passagesBetween(
  from: Pick<SandboxRecord, 'endpoints'>,
  to: Pick<SandboxRecord, 'endpoints'>,
  { network, ports }: { readonly network: string; readonly ports: readonly ContainerPort[] },
): Passage[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const caller = from.endpoints[network]?.[family]?.address;
    const called = to.endpoints[network]?.[family]?.address;
    if (caller === undefined || called === undefined) return [];
    return ports.map((port) => ({ ...port, from: caller, to: called }));
  });
}
