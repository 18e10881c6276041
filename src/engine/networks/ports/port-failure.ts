import { EngineError } from '#base';
import type { PublishedPort, SandboxRecord } from '../types.ts';
import type { HostPortUnavailable } from './host-ports.ts';

/** Who was to get the port: Docker names the endpoint by the container's name and the endpoint's id. */
export interface PortOwner {
  readonly containerName: string;
  readonly endpointId: string;
  readonly address: string;
}

/** Docker's failure for a host port that join() could not take. */
export function hostPortError({ port, reason }: HostPortUnavailable, owner: PortOwner): EngineError {
  if (reason !== undefined) return refusedError(port, owner, reason);
  const place = formatHostPort(port);
  return connectivityError(`Bind for ${place} failed: port is already allocated`, owner);
}

/** Docker's failure for a host port that the shim could not listen at. */
export function hostPortInUse(
  record: SandboxRecord,
  port: PublishedPort,
  reason = 'address already in use',
): EngineError {
  const endpoint = Object.values(record.endpoints).find(({ ipv4 }) => ipv4 !== undefined);
  const { endpointId = '', ipv4 } = endpoint ?? {};
  const owner = { containerName: record.containerName, endpointId, address: ipv4?.address ?? '' };
  return refusedError(port, owner, reason);
}

function refusedError(port: PublishedPort, owner: PortOwner, reason: string): EngineError {
  const binding = `${formatHostPort(port)}:${owner.address}:${port.port}/${port.protocol}`;
  return connectivityError(`failed to bind host port for ${binding}: ${reason}`, owner);
}

function connectivityError(reason: string, { containerName, endpointId }: PortOwner): EngineError {
  const endpoint = `endpoint ${containerName} (${endpointId})`;
  const failure = `driver failed programming external connectivity on ${endpoint}: ${reason}`;
  return new EngineError('internal', failure);
}

function formatHostPort({ hostAddress, hostPort }: PublishedPort): string {
  return hostAddress.includes(':') ? `[${hostAddress}]:${hostPort}` : `${hostAddress}:${hostPort}`;
}
