import { isIP } from 'node:net';
import type { ContainerCreateRequest, EndpointSettings, HostConfig } from '#api';
import { refuse } from '#base';
import { describeEndpointProblems, endpointProblems } from '#engine/networks';
import { endpointRequest } from '../membership/wishes.ts';

/**
 * Refuses what no container's network can be, in Docker's words. `asked` is the request itself: what an image exposes is
 * no conflict.
 * @throws EngineError invalid
 */
export function validateNetwork(asked: ContainerCreateRequest, mode: string): void {
  if (mode.startsWith('container:')) refuseConflicts(asked, mode);
  if (mode === 'host') refuseLinks(asked.HostConfig, 'host type networking');
  refuse(
    asked.HostConfig.UTSMode === 'host' && asked.Hostname !== '',
    'conflicting options: hostname and the UTS mode',
  );
  for (const entry of asked.HostConfig.ExtraHosts ?? []) refuseBadHost(entry);
  for (const port of Object.keys(asked.ExposedPorts ?? {})) refuseBadPort(port);
  for (const [port, bindings] of Object.entries(asked.HostConfig.PortBindings ?? {})) {
    refuseBadPort(port);
    for (const { HostPort } of bindings ?? []) refuseBadRange(HostPort, HostPort);
  }
  refuseBadMac(mode, asked.MacAddress ?? '');
  for (const [network, endpoint] of Object.entries(asked.NetworkingConfig.EndpointsConfig ?? {})) {
    if (endpoint !== null) validateEndpoint(network, endpoint);
  }
}

/** Who uses another container's network has nothing to say about it. */
function refuseConflicts({ HostConfig, ...asked }: ContainerCreateRequest, mode: string): void {
  const publishes = HostConfig.PublishAllPorts || Object.keys(HostConfig.PortBindings ?? {}).length > 0;
  const exposes = Object.keys(asked.ExposedPorts ?? {}).length > 0;
  refuse(mode === 'container:', 'invalid network mode: invalid container format container:<name|id>');
  refuse(asked.Hostname !== '', 'conflicting options: hostname and the network mode');
  refuseLinks(HostConfig, 'container type network');
  refuse(isGiven(HostConfig.Dns), 'conflicting options: dns and the network mode');
  refuse(
    isGiven(HostConfig.ExtraHosts),
    'conflicting options: custom host-to-IP mapping and the network mode',
  );
  refuse(Boolean(asked.MacAddress), 'conflicting options: mac-address and the network mode');
  refuse(publishes, 'conflicting options: port publishing and the container type network mode');
  refuse(exposes, 'conflicting options: port exposing and the container type network mode');
}

function refuseLinks({ Links }: HostConfig, network: string): void {
  const text = `conflicting options: ${network} can't be used with links. This would result in undefined behavior`;
  refuse(isGiven(Links), text);
}

function isGiven(list: HostConfig['Dns']): boolean {
  return list !== null && list.length > 0;
}

/** One entry of `--add-host`: `name:address` or `name:host-gateway`. */
function refuseBadHost(entry: string): void {
  const at = entry.indexOf(':');
  refuse(at < 1, `bad format for add-host: "${entry}"`);
  const address = entry.slice(at + 1);
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  refuse(address !== 'host-gateway' && isIP(bare) === 0, `invalid IP address in add-host: "${address}"`);
}

/** `80`, `80/udp`, `8000-8010/tcp`. */
function refuseBadPort(port: string): void {
  const [range = '', protocol = 'tcp', ...rest] = port.split('/');
  const known = ['tcp', 'udp', 'sctp'].includes(protocol) && rest.length === 0;
  refuse(!known || range === '', `invalid port specification: "${port}"`);
  refuseBadRange(range, range);
}

function refuseBadRange(range: string, told: string): void {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(range);
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  const good = range === '' || (match !== null && first <= last && last <= 65_535);
  refuse(!good, `invalid port specification: "${told}"`);
}

/** What is wished for in one network, where the network is not known. @throws EngineError invalid */
function validateEndpoint(network: string, endpoint: EndpointSettings): void {
  refuseBadMac(network, endpoint.MacAddress);
  const problems = endpointProblems(endpointRequest(network, endpoint));
  const text = describeEndpointProblems(problems);
  refuse(problems.length > 0, `invalid config for network ${network}: ${text}`);
}

function refuseBadMac(network: string, address: string): void {
  const pattern = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$|^([0-9a-f]{2}-){5}[0-9a-f]{2}$/i;
  refuse(
    address !== '' && !pattern.test(address),
    `invalid config for network ${network}: invalid MAC address ${address}`,
  );
}
