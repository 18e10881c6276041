import type { ContainerStatus, ContainerSummary, MountPoint, PortSummary } from '#api';
import type {
  ContainerMount,
  ContainerRecord,
  ContainerState,
  ContainerSummaryView,
} from '#engine/containers';
import { encodeEndpoints } from './endpoints.ts';

/** One row of `GET /containers/json`. */
export function encodeContainerSummary(view: ContainerSummaryView, minor: number): ContainerSummary {
  const { record } = view;
  const annotations = record.hostConfig.Annotations;
  const shown = annotations !== undefined && annotations !== null && minor >= 46;
  return {
    Id: record.id,
    Names: [`/${record.name}`],
    Image: record.image.reference,
    ImageID: record.image.id,
    Command: commandText(record.argv),
    Created: Number(record.createdNs / 1_000_000_000n),
    Ports: encodePorts(view),
    ...(view.sizes && { SizeRw: view.sizes.writableBytes, SizeRootFs: view.sizes.rootBytes }),
    Labels: record.config.Labels ?? {},
    State: shownStatus(record.state),
    Status: view.statusText,
    HostConfig: { NetworkMode: record.hostConfig.NetworkMode, ...(shown && { Annotations: annotations }) },
    NetworkSettings: { Networks: encodeEndpoints(record, view.endpoints, { major: 1, minor }) },
    Mounts: record.mounts.map(encodeMount),
    ...(minor >= 52 && { Health: healthSummary(record) }),
  };
}

function healthSummary({ health }: ContainerRecord): NonNullable<ContainerSummary['Health']> {
  return { Status: health?.status ?? 'none', FailingStreak: health?.failingStreak ?? 0 };
}

/** The status as clients know it: half-made work shows as what it comes from. */
export function shownStatus(state: ContainerState): ContainerStatus {
  const { status, run } = state;
  if (status !== 'creating' && status !== 'starting') return status;
  return run.startedNs === 0n ? 'created' : 'restarting';
}

/** Docker lists what a path of the host or a volume is seen as; a tmpfs only when it came by `--mount`. */
export function encodeMount(mount: ContainerMount): MountPoint {
  return {
    Type: mount.type,
    ...(mount.name !== '' && { Name: mount.name }),
    Source: mount.source,
    Destination: mount.destination,
    ...(mount.driver !== '' && { Driver: mount.driver }),
    Mode: mount.mode,
    RW: mount.writable,
    Propagation: mount.propagation,
  };
}

/** Program and arguments; those with a blank in single quotes. */
export function commandText(argv: ContainerRecord['argv']): string {
  const [program = '', ...rest] = argv;
  return [program, ...rest.map((word) => (word.includes(' ') ? `'${word}'` : word))].join(' ');
}

function encodePorts({ ports, exposedOnly }: ContainerSummaryView): PortSummary[] {
  const published = ports.map((port) => ({
    IP: port.hostAddress,
    PrivatePort: port.port,
    PublicPort: port.hostPort,
    Type: port.protocol,
  }));
  const exposed = exposedOnly.map((text) => {
    const [port = '', protocol = 'tcp'] = text.split('/');
    return { PrivatePort: Number(port), Type: protocol };
  });
  return [...published, ...exposed];
}
