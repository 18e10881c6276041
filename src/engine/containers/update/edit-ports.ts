import type { HostConfig, PortBinding, PortMap } from '#api';
import { EngineError } from '#base';
import { type PortRequest, type PublishedPort, parseContainerPort, portRequests } from '#engine/networks';
import type { ContainerRecord } from '../types.ts';

/** What an edit of the published ports asks for. */
export interface PortEdit {
  readonly add: PortMap;
  /** `80/tcp`, `8080:80/tcp`, `127.0.0.1:8080:80/tcp`. */
  readonly remove: readonly string[];
  /** Ports that the image exposes, whether they are published or not. */
  readonly ofImage: readonly string[];
  /** The group that those that are added belong to. */
  readonly group: string | undefined;
}

/** What becomes of the ports: for the record, and for a container that runs. */
export interface PortPlan {
  /** All that are to be published, also where that was asked for by PublishAllPorts. */
  readonly bindings: PortMap;
  readonly exposed: readonly string[];
  readonly open: readonly PortRequest[];
  readonly close: readonly PublishedPort[];
}

/**
 * Decides an edit of a container's published ports.
 * @throws EngineError invalid, for what is no port or not published; conflict, for what is published so already
 */
export function planPorts(record: ContainerRecord, { add, remove, ofImage, group }: PortEdit): PortPlan {
  const { config, hostConfig, sandbox } = record;
  const before = Object.keys(config.ExposedPorts ?? {});
  if (Object.keys(add).length + remove.length === 0) {
    return { bindings: hostConfig.PortBindings ?? {}, exposed: before, open: [], close: [] };
  }
  let bindings = explicitBindings(hostConfig, before);
  const close: PublishedPort[] = [];
  for (const text of remove) {
    const port = parsePublished(text);
    const live = (sandbox?.ports ?? []).filter((published) => isMeant(published, port));
    const left = withoutBinding(bindings, port, live.length > 0);
    if (left === undefined) throw new EngineError('invalid', `port ${text} is not published`);
    bindings = left;
    close.push(...live);
  }
  const open = portRequests({ bindings: add, exposed: [], publishAll: false, group });
  for (const [key, places] of Object.entries(add))
    bindings = withBindings(bindings, keyOf(key), places ?? []);
  const removed = remove.map((text) => parsePublished(text).key);
  const isLeft = (key: string) => !removed.includes(keyOf(key)) || key in bindings || ofImage.includes(key);
  const exposed = [...new Set([...before.filter(isLeft), ...Object.keys(add).map(keyOf)])];
  return { bindings, exposed, open, close };
}

/** A port that shall no longer be published: all of its bindings, or only those at a place of the host. */
interface UnwantedPort {
  /** `80/tcp`. */
  readonly key: string;
  readonly hostAddress: string | undefined;
  readonly hostPort: string | undefined;
}

function parsePublished(text: string): UnwantedPort {
  const [, address, hostPort, port = ''] = /^(?:(?:(.*):)?(\d+):)?([^:]+)$/.exec(text) ?? [];
  return { key: keyOf(port), hostAddress: address?.replace(/^\[(.*)\]$/, '$1'), hostPort };
}

function keyOf(text: string): string {
  const { port, protocol } = parseContainerPort(text);
  return `${port}/${protocol}`;
}

/** With every exposed port that was published because all are: one of them may be taken out, or get a place more. */
function explicitBindings(hostConfig: HostConfig, exposed: readonly string[]): PortMap {
  const asked = Object.entries(hostConfig.PortBindings ?? {}).map(
    ([key, places]) => [keyOf(key), places] as const,
  );
  const all = hostConfig.PublishAllPorts ? exposed.map((key) => [keyOf(key), anyPlace] as const) : [];
  return Object.fromEntries([...all, ...asked]);
}

const anyPlace: readonly PortBinding[] = [{ HostIp: '', HostPort: '' }];

function isMeant(published: PublishedPort, { key, hostAddress, hostPort }: UnwantedPort): boolean {
  return (
    `${published.port}/${published.protocol}` === key &&
    (hostPort === undefined || published.hostPort === Number(hostPort)) &&
    (hostAddress === undefined || published.hostAddress === hostAddress)
  );
}

/** A live port at a place that no binding names was chosen for one that leaves the choice. */
function withoutBinding(bindings: PortMap, port: UnwantedPort, isLive: boolean): PortMap | undefined {
  const places = bindings[port.key] ?? [];
  const named = places.filter(
    ({ HostIp, HostPort }) =>
      (port.hostPort === undefined || HostPort === port.hostPort) &&
      (port.hostAddress === undefined || HostIp === port.hostAddress),
  );
  const chosen =
    named.length === 0 && isLive ? places.filter(({ HostPort }) => !isFixed(HostPort)).slice(0, 1) : [];
  const unwanted = [...named, ...chosen];
  if (unwanted.length === 0) return undefined;
  const { [port.key]: _, ...others } = bindings;
  const left = places.filter((place) => !unwanted.includes(place));
  return left.length === 0 ? others : { ...others, [port.key]: left };
}

function isFixed(hostPort: string): boolean {
  return /^[1-9]\d*$/.test(hostPort);
}

function withBindings(bindings: PortMap, key: string, places: readonly PortBinding[]): PortMap {
  const present = bindings[key] ?? [];
  const isSame = (left: PortBinding, right: PortBinding) =>
    left.HostIp === right.HostIp && left.HostPort === right.HostPort && isFixed(left.HostPort);
  const twice = places.find((place) => present.some((other) => isSame(place, other)));
  if (twice !== undefined) {
    throw new EngineError(
      'conflict',
      `port ${key} is already published at ${twice.HostIp || '0.0.0.0'}:${twice.HostPort}`,
    );
  }
  return { ...bindings, [key]: [...present, ...places] };
}
