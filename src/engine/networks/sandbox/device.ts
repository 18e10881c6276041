import { EngineError, errnoOf, unlessErrno } from '#base';
import { type NetlinkMessage, route } from '#linux';
import type { NetworkHost } from '../network-host.ts';
import type { EndpointState } from '../types.ts';
import type { Attachment } from './attachment.ts';
import { sysctlsOf } from './endpoint-options.ts';
import { addressMessages, ipv6Parameter, type KernelParameter, kernelOf, routeMessages } from './inside.ts';

type Endpoints = Readonly<Record<string, EndpointState>>;

/**
 * Makes an attachment's device in the network namespace of a running container, with addresses and kernel parameters.
 * @throws SystemCallError; EngineError, for a parameter that there is not; nothing is left then
 */
export async function makeDevice(attachment: Attachment, host: NetworkHost, netns: number): Promise<void> {
  const { network, endpoint } = attachment;
  if (network === undefined) return;
  const kernel = kernelOf(attachment, host);
  await using undo = new AsyncDisposableStack();
  const [make, ...settings] = network.deviceMessages(endpoint, route.namespaceOfDescriptor(netns));
  host.configure([make]);
  undo.defer(() => removeDevice(endpoint, host, netns));
  host.configure(settings);
  if (kernel.ipv6) setParameter(ipv6Parameter(endpoint), host, netns);
  host.configure(addressMessages(endpoint, kernel), netns);
  for (const [path, value] of Object.entries(sysctlsOf(endpoint))) setParameter({ path, value }, host, netns);
  undo.move();
}

function setParameter({ path, value }: KernelParameter, host: NetworkHost, netns: number): void {
  try {
    host.setParameter(path, value, netns);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    throw new EngineError('internal', `/proc/sys/${path} is not a sysctl file`, { cause });
  }
}

/** Removes an endpoint's device; one that is not there is no error. */
export async function removeDevice(
  { device, hostDevice }: EndpointState,
  host: NetworkHost,
  netns: number,
): Promise<void> {
  if (hostDevice !== '') await host.removeDevice(hostDevice);
  else if (device !== '') unlessErrno(['ENODEV'], () => host.configure([route.deleteLink(device)], netns));
}

/** Has an endpoint's device let through what the endpoint is allowed now. */
export function setRates(
  { index, hostDevice, rates }: EndpointState,
  host: NetworkHost,
  netns: number,
): void {
  limit(index, rates?.out, (messages) => host.configure(messages, netns));
  const hostIndex = hostDevice === '' ? undefined : host.findDevice(hostDevice);
  if (hostIndex !== undefined) limit(hostIndex, rates?.in, (messages) => host.configure(messages));
}

function limit(
  index: number,
  rate: number | undefined,
  send: (messages: readonly NetlinkMessage[]) => void,
): void {
  if (rate !== undefined) send([route.limitRate(index, rate)]);
  // There may be no limit to take away.
  else unlessErrno(['ENOENT', 'EINVAL'], () => send([route.unlimitRate(index)]));
}

/** By a device that a container has removed or set down, or has turned IPv6 off for, no route leads: that is its affair. */
const cutOff = ['ENODEV', 'ENETDOWN', 'ENETUNREACH', 'EHOSTUNREACH', 'EACCES'];

/** Has the default routes of a running container lead as its endpoints want it, where they can. */
export function setRoutes(endpoints: Endpoints, host: NetworkHost, netns: number): void {
  unlessErrno(cutOff, () => host.configure(routeMessages(endpoints), netns));
}
