import { randomBytes } from 'node:crypto';
import { EngineError } from '#base';
import type { NetworkDirectory } from '../directory.ts';
import type { RunningNetwork } from '../drivers/types.ts';
import type { NamedDevice } from '../network-host.ts';
import type { EndpointRequest, EndpointState, NetworkRecord } from '../types.ts';
import { checkWish } from './check-wish.ts';
import { nameDevice } from './endpoint-options.ts';
import { type RateLimits, ratesOf } from './rates.ts';

/** A sandbox's place in one network, with what holds it there. */
export interface Attachment {
  readonly record: NetworkRecord;
  readonly endpoint: EndpointState;
  /** Undefined for networks that give no device. */
  readonly network: RunningNetwork | undefined;
}

/** Indexes below it may belong to tunnel devices that some kernels put in every namespace. */
const firstIndex = 16;

/** What a container has already. */
export interface Present {
  readonly endpoints: readonly EndpointState[];
  /** Those of its devices that it has made itself, or been given otherwise, may be among them. */
  readonly devices: readonly NamedDevice[];
}

/**
 * Takes addresses on a network and names a device, beside what the container has already.
 * @throws EngineError; nothing is held then
 */
export function attach(wish: EndpointRequest, directory: NetworkDirectory, present: Present): Attachment {
  const record = directory.inspect(wish.network);
  const network = directory.running(record);
  checkWish(wish, record);
  const driverOptions = wish.driverOptions ?? {};
  const hostDevice = network?.nameHostDevice() ?? '';
  const naming = { prefix: network?.interfacePrefix ?? '', hostDevice };
  const device = network === undefined ? '' : nameDevice(driverOptions, naming, namesOf(present));
  const rates = limitsOf(wish, record);
  const endpoint = {
    networkId: record.id,
    endpointId: randomBytes(32).toString('hex'),
    ...(network?.addresses.take(wish) ?? noAddresses),
    linkLocal: wish.linkLocal ?? [],
    device,
    index: freeIndex(present),
    hostDevice,
    aliases: wish.aliases ?? [],
    links: wish.links ?? [],
    gatewayPriority: wish.gatewayPriority ?? 0,
    driverOptions,
    rates,
  };
  return { record, endpoint, network };
}

/** The attachment that a live container has. @throws EngineError, when its network is gone or an address is not free */
export function reattach(endpoint: EndpointState, directory: NetworkDirectory): Attachment {
  const record = directory.inspect(endpoint.networkId);
  const network = directory.running(record);
  network?.addresses.takeOver(endpoint);
  return { record, endpoint, network };
}

/** Gives the addresses of an attachment back. */
export function detach({ network, endpoint }: Attachment): void {
  network?.addresses.release(endpoint);
}

/** The rate limits of an endpoint: its own ones first, then its container's, then its network's. @throws EngineError invalid */
export function limitsOf(
  { driverOptions = {}, labels = {} }: Pick<EndpointRequest, 'driverOptions' | 'labels'>,
  record: NetworkRecord,
): RateLimits {
  const rates = ratesOf(driverOptions, labels, record.options);
  if (rates.in === undefined || record.parent === undefined) return rates;
  const text = `what containers of a ${record.driver} network receive can't be limited`;
  throw new EngineError('invalid', text);
}

const noAddresses = { ipv4: undefined, ipv6: undefined, macAddress: '' } as const;

function namesOf({ endpoints, devices }: Present): Set<string> {
  return new Set([...endpoints.map(({ device }) => device), ...devices.map(({ name }) => name)]);
}

function freeIndex({ endpoints, devices }: Present): number {
  const taken = new Set([...endpoints, ...devices].map(({ index }) => index));
  let index = firstIndex;
  while (taken.has(index)) index++;
  return index;
}
