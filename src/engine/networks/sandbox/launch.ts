import { encodeMessages, payloadOffset, route } from '#linux';
import type { HostMessage, LaunchNetwork, Listen } from '#runtime';
import { addressBytes } from '../ipam/address.ts';
import { heldSockets, nameRules } from '../names/name-rules.ts';
import type { Publication } from '../rules/publication.ts';
import type { Attachment } from './attachment.ts';
import { sysctlsOf } from './endpoint-options.ts';
import { addressMessages, ipv6Parameter, kernelOf, routeMessages } from './inside.ts';

const loopbackIndex = 1;

/** What gives a container its devices when it starts; undefined for one in the host's network. */
export function planLaunch(
  attachments: readonly Attachment[],
  options: {
    readonly ipv6: boolean;
    readonly publications: readonly Publication[];
    /** The resolver answers it. */
    readonly named: boolean;
  },
): LaunchNetwork | undefined {
  if (attachments.some(({ record }) => record.driver === 'host')) return undefined;
  const endpoints = Object.fromEntries(attachments.map(({ record, endpoint }) => [record.name, endpoint]));
  const plugged = attachments.filter(({ network }) => network !== undefined);
  const inside = [
    route.setLinkUp(loopbackIndex),
    ...plugged.flatMap((attachment) => addressMessages(attachment.endpoint, kernelOf(attachment, options))),
    ...routeMessages(endpoints),
  ];
  return {
    hostMessages: plugged.flatMap(hostMessage),
    insideMessages: [encodeMessages(inside)],
    sysctls: Object.assign({}, ...plugged.map((attachment) => parametersOf(attachment, options))),
    listens: options.publications.flatMap(listenFor),
    ...(options.named && { heldSockets, insideRules: nameRules }),
  };
}

/** A device that has just been made knows IPv6, where the kernel lets it. */
function parametersOf(attachment: Attachment, options: { readonly ipv6: boolean }): Record<string, string> {
  const { ipv6 } = kernelOf(attachment, options);
  const { path, value } = ipv6Parameter(attachment.endpoint);
  return { ...(ipv6 && value === '1' && { [path]: value }), ...sysctlsOf(attachment.endpoint) };
}

function hostMessage({ network, endpoint }: Attachment): HostMessage[] {
  if (network === undefined) return [];
  const namespace = route.namespaceOfProcess(0);
  const messages = network.deviceMessages(endpoint, namespace);
  return [{ message: encodeMessages(messages), pidOffset: payloadOffset(messages[0], namespace) }];
}

/** Not every kernel has SCTP sockets, so those ports are not reserved; nor is a port that no place of the host has. */
export function listenFor({ port, target }: Publication): Listen[] {
  if (port.protocol === 'sctp' || port.hostPort === 0) return [];
  return [
    {
      protocol: port.protocol,
      address: addressBytes(port.hostAddress),
      port: port.hostPort,
      targetAddress: addressBytes(target),
      targetPort: port.port,
      shared: port.group !== undefined,
    },
  ];
}
