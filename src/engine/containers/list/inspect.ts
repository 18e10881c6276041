import type { PortMap } from '#api';
import type { EndpointState } from '#engine/networks';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import { linkTexts } from '../links/link.ts';
import { endpointRequests } from '../membership/wishes.ts';
import type { ContainerRecord, ContainerSizes, ContainerView } from '../types.ts';
import { exposedPorts } from './filter.ts';

/** Everything about one container. */
export async function inspectContainer(
  context: ContainerContext,
  record: ContainerRecord,
  options: { readonly sizes: boolean; readonly execIds: readonly string[] },
): Promise<ContainerView> {
  return {
    ...record,
    hostConfig: { ...record.hostConfig, Links: linkTexts(context.records, record) },
    paths: pathsOf(context.settings, record),
    driver: context.snapshots.driver,
    execIds: options.execIds,
    ports: record.sandbox === undefined ? {} : portsOf(record),
    endpoints: endpointsOf(record),
    sizes: options.sizes ? await sizesOf(context, record) : undefined,
  };
}

/** How much a container has written, and how much it sees. */
export async function sizesOf(
  { snapshots, images }: ContainerContext,
  { id, image }: ContainerRecord,
): Promise<ContainerSizes> {
  const { bytes } = await snapshots.usage(id);
  const sizeBytes = image.id === '' ? 0 : images.inspect(image.id).sizeBytes;
  return { writableBytes: bytes, rootBytes: bytes + sizeBytes };
}

/** A container that does not run has the networks it will join, without addresses. */
export function endpointsOf(record: ContainerRecord): Readonly<Record<string, EndpointState>> {
  if (record.sandbox !== undefined) return record.sandbox.endpoints;
  if (record.hostConfig.NetworkMode.startsWith('container:')) return {};
  return Object.fromEntries(
    endpointRequests(record).map((wish) => [wish.network, { ...noEndpoint, aliases: wish.aliases ?? [] }]),
  );
}

const noEndpoint: EndpointState = {
  networkId: '',
  endpointId: '',
  ipv4: undefined,
  ipv6: undefined,
  macAddress: '',
  linkLocal: [],
  device: '',
  index: 0,
  hostDevice: '',
  aliases: [],
  gatewayPriority: 0,
  driverOptions: {},
};

function portsOf(record: ContainerRecord): Record<string, PortMap[string] | null> {
  const ports: Record<string, PortMap[string] | null> = {};
  for (const key of exposedPorts(record)) ports[key] = null;
  for (const { port, protocol, hostAddress, hostPort } of record.sandbox?.ports ?? []) {
    const key = `${port}/${protocol}`;
    const place = { HostIp: hostAddress, HostPort: hostPort === 0 ? '' : String(hostPort) };
    ports[key] = [...(ports[key] ?? []), place];
  }
  return ports;
}
