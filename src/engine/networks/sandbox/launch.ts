import { encodeMessages, type NetlinkMessage, payloadOffset, route } from '#linux';
import type { HostMessage, LaunchNetwork, Listen } from '#runtime';
import { formatAddress, lastAddress, parseSubnet } from '../ipam/address.ts';
import { addressBytes } from '../ipam/address-bytes.ts';
import type { Publication } from '../rules/rules.ts';
import type { BridgeSettings, EndpointState } from '../types.ts';

/** One device a container is to get. */
export interface Attachment {
  readonly endpoint: EndpointState;
  readonly bridge: BridgeSettings;
  /** Index of the bridge device. */
  readonly master: number;
  /** Index that the host's end of the pair gets. */
  readonly hostIndex: number;
  /** Whether containers may leave the network by its gateway. */
  readonly routed: boolean;
}

const loopbackIndex = 1;
/** Indexes below it may belong to tunnel devices that some kernels put in every namespace. */
const firstInsideIndex = 16;

/** The messages that give a container its devices; the first attachment with a gateway gives the default route. */
export function planLaunch(
  attachments: readonly Attachment[],
  options: { readonly ipv6: boolean; readonly publications: readonly Publication[] },
): LaunchNetwork {
  const inside = [route.setLinkUp(loopbackIndex)];
  attachments.forEach((attachment, place) => {
    inside.push(...deviceMessages(attachment, firstInsideIndex + place, options.ipv6));
  });
  inside.push(...defaultRoute(attachments));
  return {
    hostMessages: attachments.map((attachment, place) => vethMessage(attachment, place)),
    insideMessages: [encodeMessages(inside)],
    listens: options.publications.flatMap(listenFor),
  };
}

function vethMessage(attachment: Attachment, place: number): HostMessage {
  const { endpoint, bridge, master, hostIndex } = attachment;
  const { message, pid } = route.createVeth({
    name: endpoint.hostDevice,
    index: hostIndex,
    master,
    mtu: bridge.mtu,
    peer: { name: `eth${place}`, index: firstInsideIndex + place, macAddress: endpoint.macAddress },
  });
  // Where bridged frames pass nftables, a container's call to its own published port turns back at its own port.
  const messages = [message, route.setHairpin(hostIndex)];
  return { message: encodeMessages(messages), pidOffset: payloadOffset(message, pid) };
}

function deviceMessages({ endpoint, bridge }: Attachment, index: number, ipv6: boolean): NetlinkMessage[] {
  const broadcast = formatAddress(lastAddress(parseSubnet(bridge.subnet)));
  const { address, prefixLength } = endpoint;
  return [
    ...(ipv6 ? [route.withoutLinkLocal(index)] : []),
    route.addAddress({ index, address, prefixLength, broadcast }),
    route.setLinkUp(index),
  ];
}

function defaultRoute(attachments: readonly Attachment[]): NetlinkMessage[] {
  const place = attachments.findIndex(({ routed }) => routed);
  const gateway = attachments[place]?.endpoint.gateway;
  return gateway === undefined ? [] : [route.addDefaultRoute(gateway, firstInsideIndex + place)];
}

/** Not every kernel has SCTP sockets, so those ports are not reserved. */
export function listenFor({ port, target }: Publication): Listen[] {
  if (port.protocol === 'sctp') return [];
  return [
    {
      protocol: port.protocol,
      address: addressBytes(port.hostAddress),
      port: port.hostPort,
      targetAddress: addressBytes(target),
      targetPort: port.port,
    },
  ];
}
