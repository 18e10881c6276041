import type { Connection } from '#linux';
import { addressBytes } from '../ipam/address.ts';
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
 */
export function isStale(publications: readonly Publication[], connection: Connection): boolean {
  return (
    connection.protocol === protocolNumbers.udp &&
    publications.some(
      (publication) => isAnsweredBy(publication, connection) || isCallTo(publication, connection),
    )
  );
}

function isAnsweredBy({ port, target }: Publication, { protocol, answering }: Connection): boolean {
  return (
    protocol === protocolNumbers[port.protocol] &&
    answering.port === port.port &&
    Buffer.compare(answering.address, addressBytes(target)) === 0
  );
}

function isCallTo({ port }: Publication, { family, protocol, called }: Connection): boolean {
  return (
    protocol === protocolNumbers[port.protocol] &&
    called.port === port.hostPort &&
    port.hostAddress.includes(':') === (family === 6)
  );
}
