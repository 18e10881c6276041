import type { NetworkDirectory } from '../directory.ts';
import type { BridgeNetwork } from '../drivers/bridge-network.ts';
import { ContainerPorts } from '../ports/container-ports.ts';
import type { HostPorts } from '../ports/host-ports.ts';
import type { Publication } from '../rules/publication.ts';
import type { EndpointState, PublishedPort } from '../types.ts';
import type { Attachment } from './attachment.ts';
import { publishingNetwork } from './gateway.ts';

/** The place in a network by which a container leads out, and its ports are published. */
export interface WayOut {
  readonly bridge: BridgeNetwork;
  readonly endpoint: EndpointState;
  readonly ports: ContainerPorts;
}

/** The way out of a container, with no ports yet; undefined when it has none, or one that can't publish any. */
export function openWayOut(
  containerName: string,
  attachments: readonly Attachment[],
  { directory, hostPorts }: { readonly directory: NetworkDirectory; readonly hostPorts: HostPorts },
): WayOut | undefined {
  const endpoints = attachments.map(({ record, endpoint }) => [record.name, endpoint] as const);
  const name = publishingNetwork(Object.fromEntries(endpoints));
  const found = attachments.find(({ record }) => record.name === name);
  const bridge = found && directory.bridgeOf(found.record);
  if (found === undefined || bridge === undefined) return undefined;
  const { endpoint } = found;
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
export function hasPlaces({ bridge }: WayOut, ports: readonly PublishedPort[]): boolean {
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
