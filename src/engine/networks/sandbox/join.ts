import { randomBytes, randomInt } from 'node:crypto';
import { EngineError } from '#base';
import type { NetworkDirectory } from '../directory.ts';
import type { BridgeNetwork } from '../drivers/bridge-network.ts';
import { parseSubnet } from '../ipam/address.ts';
import { ContainerPorts } from '../ports/container-ports.ts';
import type { HostPorts } from '../ports/host-ports.ts';
import type { EndpointRequest, EndpointState, JoinRequest, NetworkRecord } from '../types.ts';
import { type Attachment, planLaunch } from './launch.ts';
import { LiveSandbox, publicationsOf } from './live-sandbox.ts';

export interface JoinParts {
  readonly directory: NetworkDirectory;
  readonly ports: HostPorts;
  readonly ipv6: boolean;
  /** Called once, when the sandbox is released. */
  readonly onRelease: () => void;
}

interface Joined {
  readonly record: NetworkRecord;
  readonly endpoint: EndpointState;
  readonly bridge: BridgeNetwork | undefined;
}

/** Takes addresses and ports for a container and plans its devices. @throws EngineError; nothing is held then */
export function joinNetworks(request: JoinRequest, parts: JoinParts): LiveSandbox {
  using undo = new DisposableStack();
  const joined = request.endpoints.map((wish) => joinOne(wish, parts.directory, undo));
  const endpoints = Object.fromEntries(joined.map(({ record, endpoint }) => [record.name, endpoint]));
  const publisher = joined.find(({ bridge }) => bridge !== undefined);
  const { containerId, containerName } = request;
  const ports = publisher && portsAt(publisher, containerName, parts.ports);
  ports?.take(request.ports);
  undo.defer(() => ports?.release(ports.all));
  undo.defer(parts.onRelease);

  const launch = joined.some(({ record }) => record.driver === 'host')
    ? undefined
    : planLaunch(joined.flatMap(attachmentOf), {
        ipv6: parts.ipv6,
        publications: publicationsOf({ endpoints, ports: ports?.all ?? [] }),
      });
  const held = undo.move();
  return new LiveSandbox(
    { containerId, containerName, endpoints },
    { launch, publisher: publisher?.bridge, ports, giveBack: () => held.dispose() },
  );
}

function joinOne(wish: EndpointRequest, directory: NetworkDirectory, undo: DisposableStack): Joined {
  const record = directory.inspect(wish.network);
  const bridge = directory.bridgeOf(record);
  const state = {
    networkId: record.id,
    endpointId: randomBytes(32).toString('hex'),
    aliases: wish.aliases ?? [],
  };
  if (bridge === undefined) {
    const empty = { gateway: '', address: '', prefixLength: 0, macAddress: '', hostDevice: '' };
    return { record, bridge, endpoint: { ...state, ...empty } };
  }
  checkAddressWish(wish, record);
  const { address, macAddress } = bridge.takeAddress(wish);
  undo.defer(() => bridge.releaseAddress(address));
  const { subnet, gateway } = bridge.settings;
  const hostDevice = `veth${randomBytes(4).toString('hex').slice(0, 7)}`;
  const { prefixLength } = parseSubnet(subnet);
  return {
    record,
    bridge,
    endpoint: {
      ...state,
      gateway: bridge.routed ? gateway : '',
      address,
      prefixLength,
      macAddress,
      hostDevice,
    },
  };
}

function checkAddressWish({ address }: EndpointRequest, record: NetworkRecord): void {
  if (!address || record.name !== 'bridge') return;
  throw new EngineError('invalid', 'user specified IP address is supported on user defined networks only');
}

/** What holds the host ports of a container that publishes them by this endpoint. */
export function portsAt(
  { bridge, endpoint }: Pick<Joined, 'bridge' | 'endpoint'>,
  containerName: string,
  hostPorts: HostPorts,
): ContainerPorts {
  const defaultBinding = bridge?.settings.defaultBinding ?? '0.0.0.0';
  return new ContainerPorts(hostPorts, { ...endpoint, containerName, defaultBinding });
}

function attachmentOf({ bridge, endpoint }: Joined): Attachment[] {
  if (bridge === undefined) return [];
  // High and random, so that it clashes neither with what the kernel numbers nor with another daemon's.
  const hostIndex = randomInt(2 ** 24, 2 ** 31 - 1);
  const { settings, master, routed } = bridge;
  return [{ endpoint, bridge: settings, master, hostIndex, routed }];
}
