import { EngineError } from '#base';
import { type NameWishes, type PortRequest, portRequests, type Sandbox } from '#engine/networks';
import type { LinuxNamespace } from '#oci';
import type { ContainerContext } from '../context.ts';
import { bundleDirectory } from '../directories.ts';
import { settleNames } from '../membership/named-wishes.ts';
import { endpointRequests } from '../membership/wishes.ts';
import { portGroup } from '../record/port-group.ts';
import { pidOf } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { networkingFailure } from './start-failure.ts';

/** Holds addresses and host ports for a start; undefined when the container uses another's network. */
export async function joinNetworks(
  context: ContainerContext,
  record: ContainerRecord,
): Promise<Sandbox | undefined> {
  if (record.hostConfig.NetworkMode.startsWith('container:')) return undefined;
  try {
    return await context.networks.join({
      containerId: record.id,
      containerName: record.name,
      endpoints: endpointRequests(settleNames(context, record)),
      ports: portsOf(record),
      names: nameWishes(context, record),
    });
  } catch (cause) {
    throw networkingFailure(cause);
  }
}

/** What the resolver is to know of a container besides its networks. */
export function nameWishes(
  { settings }: ContainerContext,
  { id, config, hostConfig }: ContainerRecord,
): NameWishes {
  return {
    hostname: config.Hostname,
    servers: hostConfig.Dns?.length ? hostConfig.Dns : settings.dns,
    hostAddresses: settings.hostGateways,
    shimDirectory: bundleDirectory(settings, id),
  };
}

/** The ports that a container is to publish. */
export function portsOf({ config, hostConfig }: ContainerRecord): PortRequest[] {
  if (hostConfig.NetworkMode === 'host') return [];
  return portRequests({
    bindings: hostConfig.PortBindings ?? {},
    exposed: Object.keys(config.ExposedPorts ?? {}),
    publishAll: hostConfig.PublishAllPorts,
    group: portGroup(config),
  });
}

/** Namespaces that the container shares: by path another container's, by an empty path the host's. */
export function joinedNamespaces(
  { records }: ContainerContext,
  { hostConfig }: ContainerRecord,
): Partial<Record<LinuxNamespace['type'], string>> {
  const modes = {
    network: hostConfig.NetworkMode,
    pid: hostConfig.PidMode,
    ipc: hostConfig.IpcMode,
    uts: hostConfig.UTSMode,
  };
  const files = { network: 'net', pid: 'pid', ipc: 'ipc', uts: 'uts' };
  const joined: Partial<Record<LinuxNamespace['type'], string>> = {};
  for (const type of ['network', 'pid', 'ipc', 'uts'] as const) {
    const mode = modes[type];
    if (mode === 'host') joined[type] = '';
    if (!mode.startsWith('container:')) continue;
    const other = records.find(mode.slice('container:'.length));
    const pid = pidOf(other.state);
    if (pid === 0) {
      throw new EngineError(
        'conflict',
        `cannot join ${type} namespace of a non running container: ${other.id}`,
      );
    }
    joined[type] = `/proc/${pid}/ns/${files[type]}`;
    // Who shares another's network has its host name too.
    if (type === 'network') joined.uts ??= `/proc/${pid}/ns/uts`;
  }
  return joined;
}
