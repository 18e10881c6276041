import { type ErrorKind, errorKind, silentLog } from '#base';
import type { EngineFact } from '#engine/events';
import { openMetadata } from '#store/metadata';
import { createNetworks, type NetworksParts } from '../networks.ts';
import type { JoinRequest } from '../types.ts';
import { FakeNetworkHost } from './fake-host.ts';

/** Networks on a host that only remembers, up as after a daemon's start. */
export async function setUp(options: Partial<NetworksParts> = {}) {
  const host = new FakeNetworkHost();
  const facts: EngineFact[] = [];
  const events = { publish: (fact: EngineFact) => void facts.push(fact) };
  const metadata = openMetadata(':memory:');
  const parts = { metadata, events, log: silentLog, defaultBridge: { device: 'wharf0' }, host, ...options };
  const networks = createNetworks(parts);
  await networks.ensureDefaults();
  await networks.restore([]);
  return { host, facts, networks, parts };
}

/** The request of a container with that name and id. */
export function joinRequest(name: string, request: Partial<JoinRequest> = {}): JoinRequest {
  return {
    containerId: name,
    containerName: name,
    endpoints: [{ network: 'bridge' }],
    ports: [],
    ...request,
  };
}

/** A wish for port 80 of a container. */
export function web(hostPort: number, hostAddress = '') {
  return { port: 80, protocol: 'tcp', hostAddress, hostPort, hostPortEnd: hostPort } as const;
}

/** For assert.throws() and assert.rejects(). */
export const failsWith = (kind: ErrorKind, message: RegExp) => (error: Error) =>
  errorKind(error) === kind && message.test(error.message);
