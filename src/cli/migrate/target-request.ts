import type { ContainerInspect, EndpointSettings, HostConfig, Mount, MountPoint } from '#api';

/** The label that tells where a container came from: by it an attempt that is made again knows its own. */
export const originLabel = 'wharf.migrated-from';
/** The label that tells which of its runs was the last one. */
export const runLabel = 'wharf.migrated-run';

/** What makes the same container on the other side, of an image that may have another name there. */
export function targetRequest(container: ContainerInspect, image: string): object {
  const { Config, HostConfig, Id, State } = container;
  return {
    ...Config,
    Image: image,
    // The image's are not meant where the container has none.
    Entrypoint: Config.Entrypoint ?? [''],
    Hostname: Config.Hostname === Id.slice(0, 12) ? '' : Config.Hostname,
    Labels: { ...Config.Labels, [originLabel]: Id, [runLabel]: State.StartedAt },
    HostConfig: { ...HostConfig, ...explicitMounts(container) },
    NetworkingConfig: { EndpointsConfig: endpointsOf(container) },
  };
}

/** Volumes without a name in the request, and those of other containers, are named. */
function explicitMounts({ HostConfig, Mounts }: ContainerInspect): Partial<HostConfig> {
  const binds = (HostConfig.Binds ?? []).filter((bind) => bind.includes(':'));
  const mounts = (HostConfig.Mounts ?? []).filter(({ Type, Source }) => Type !== 'volume' || Source);
  const named = new Set([
    ...binds.map((bind) => bind.split(':')[1]),
    ...mounts.map(({ Target }) => Target),
    ...Object.keys(HostConfig.Tmpfs ?? {}),
  ]);
  const others = Mounts.filter(({ Destination }) => !named.has(Destination));
  return { Binds: binds, VolumesFrom: [], Mounts: [...mounts, ...others.flatMap(mountOf)] };
}

function mountOf({ Type, Name = '', Source, Destination, RW }: MountPoint): Mount[] {
  if (Type !== 'volume' && Type !== 'bind') return [];
  return [{ Type, Source: Type === 'volume' ? Name : Source, Target: Destination, ReadOnly: !RW }];
}

/** What was asked of the networks; addresses that they gave by themselves are given anew. */
function endpointsOf({ Id, NetworkSettings }: ContainerInspect): Record<string, Partial<EndpointSettings>> {
  const short = Id.slice(0, 12);
  return Object.fromEntries(
    Object.entries(NetworkSettings.Networks).map(([name, endpoint]) => [
      name,
      {
        IPAMConfig: endpoint.IPAMConfig,
        Aliases: endpoint.Aliases?.filter((alias) => alias !== short) ?? null,
        Links: endpoint.Links,
        DriverOpts: endpoint.DriverOpts,
        GwPriority: endpoint.GwPriority ?? 0,
      },
    ]),
  );
}
