import type { Connection } from '#linux';
import { addressBytes } from '../ipam/address.ts';
import { anyIpv4, anyIpv6 } from '../ports/host-ports.ts';
import type { Publication } from '../rules/publication.ts';

const protocolNumbers = { tcp: 6, udp: 17, sctp: 132 } as const;

/** Whether a connection leads to the container by one of these ports, and has not come to its end. */
export function isServed(publications: readonly Publication[], connection: Connection): boolean {
  if (connection.state === 'timeWait' || connection.state === 'close') return false;
  return publications.some((publication) => isAnsweredBy(publication, connection));
}

/**
 * Whether a UDP caller still talks to whom it talked to before the port was published, or is published no more: UDP
 * knows no end, so connection tracking goes on as it began for as long as the caller does.
 * @param ours the host's own addresses: a port at any is called at one of them
 */
export function isStale(
  publications: readonly Publication[],
  connection: Connection,
  ours: readonly Uint8Array[],
): boolean {
  return (
    connection.protocol === protocolNumbers.udp &&
    publications.some(
      (publication) => isAnsweredBy(publication, connection) || isCallTo(publication, connection, ours),
    )
  );
}

function isAnsweredBy({ port, target }: Publication, { protocol, answering }: Connection): boolean {
  return (
    protocol === protocolNumbers[port.protocol] &&
    answering.port === port.port &&
    isSame(answering.address, addressBytes(target))
  );
}

function isCallTo(
  { port }: Publication,
  { family, protocol, called }: Connection,
  ours: readonly Uint8Array[],
): boolean {
  if (protocol !== protocolNumbers[port.protocol] || called.port !== port.hostPort) return false;
  if (port.hostAddress.includes(':') !== (family === 6)) return false;
  if (port.hostAddress !== anyIpv4 && port.hostAddress !== anyIpv6)
    return isSame(called.address, addressBytes(port.hostAddress));
  return isLoopback(called.address) || ours.some((address) => isSame(called.address, address));
}

function isLoopback(address: Uint8Array): boolean {
  return address.length === 4 && address[0] === 127;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
