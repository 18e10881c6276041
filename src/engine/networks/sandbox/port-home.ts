import type { NetworkDirectory } from '../directory.ts';
import type { BridgeNetwork } from '../drivers/bridge-network.ts';
import { ContainerPorts } from '../ports/container-ports.ts';
import type { HostPorts } from '../ports/host-ports.ts';
import type { Publication } from '../rules/publication.ts';
import type { EndpointState, PublishedPort } from '../types.ts';
import type { Attachment } from './attachment.ts';
import { publishingNetwork } from './gateway.ts';

/** The place of a container that its ports are published by. */
export interface PortHome {
  readonly bridge: BridgeNetwork;
  readonly endpoint: EndpointState;
  readonly ports: ContainerPorts;
}

/** The home of a container's ports: its attachment that leads out; undefined when there is none that can publish. */
export function openPortHome(
  containerName: string,
  attachments: readonly Attachment[],
  { directory, hostPorts }: { readonly directory: NetworkDirectory; readonly hostPorts: HostPorts },
): PortHome | undefined {
  const endpoints = attachments.map(({ record, endpoint }) => [record.name, endpoint] as const);
  const name = publishingNetwork(Object.fromEntries(endpoints));
  const home = attachments.find(({ record }) => record.name === name);
  const bridge = home && directory.bridgeOf(home.record);
  if (home === undefined || bridge === undefined) return undefined;
  const { endpoint } = home;
  const { defaultBinding, gatewayModes } = bridge.settings;
  const ports = new ContainerPorts(hostPorts, {
    containerName,
    endpointId: endpoint.endpointId,
    address: (endpoint.ipv4 ?? endpoint.ipv6)?.address ?? '',
    defaultBinding,
    isRouted: {
      ipv4: endpoint.ipv4 !== undefined && gatewayModes.ipv4 === 'routed',
      ipv6: endpoint.ipv6 !== undefined && gatewayModes.ipv6 === 'routed',
    },
  });
  return { bridge, endpoint, ports };
}

/** Whether ports can stay at their places of the host: those of a routed network have none, nor could they get any. */
export function hasPlaces({ bridge }: PortHome, ports: readonly PublishedPort[]): boolean {
  const { ipv4, ipv6 } = bridge.settings.gatewayModes;
  return ipv4 !== 'routed' && ipv6 !== 'routed' && ports.every(({ hostPort }) => hostPort !== 0);
}

/** Ports with the address that serves them, of the same family where the endpoint has one. */
export function publicationsOf(
  { ipv4, ipv6 }: EndpointState,
  ports: readonly PublishedPort[],
): Publication[] {
  return ports.flatMap((port) => {
    const target = port.hostAddress.includes(':') ? (ipv6 ?? ipv4) : (ipv4 ?? ipv6);
    return target === undefined ? [] : [{ port, target: target.address }];
  });
}
