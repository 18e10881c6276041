import { EngineError } from '#base';
import type { HostPortTaken } from './host-ports.ts';
import type { PublishedPort, SandboxRecord } from './types.ts';

/** Who was to get the port: Docker names the endpoint by the container's name and the endpoint's id. */
export interface PortOwner {
  readonly containerName: string;
  readonly endpointId: string;
  readonly address: string;
}

/** Docker's failure for a host port that join() could not take. */
export function portTakenError(taken: HostPortTaken, owner: PortOwner): EngineError {
  if (taken.holder === 'process') return listenError(taken.port, owner);
  const place = formatHostPort(taken.port);
  return connectivityError(`Bind for ${place} failed: port is already allocated`, owner);
}

/** Docker's failure for a host port that turned out to be in use when the shim listened at it. */
export function hostPortInUse(record: SandboxRecord, port: PublishedPort): EngineError {
  const endpoint = Object.values(record.endpoints).find(({ address }) => address !== '');
  const { endpointId = '', address = '' } = endpoint ?? {};
  return listenError(port, { containerName: record.containerName, endpointId, address });
}

function listenError(port: PublishedPort, owner: PortOwner): EngineError {
  const binding = `${formatHostPort(port)}:${owner.address}:${port.port}/${port.protocol}`;
  return connectivityError(`failed to bind host port for ${binding}: address already in use`, owner);
}

function connectivityError(reason: string, { containerName, endpointId }: PortOwner): EngineError {
  const endpoint = `endpoint ${containerName} (${endpointId})`;
  const failure = `driver failed programming external connectivity on ${endpoint}: ${reason}`;
  return new EngineError('internal', `failed to set up container networking: ${failure}`);
}

function formatHostPort({ hostAddress, hostPort }: PublishedPort): string {
  return hostAddress.includes(':') ? `[${hostAddress}]:${hostPort}` : `${hostAddress}:${hostPort}`;
}
