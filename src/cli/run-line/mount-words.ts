import type { ContainerConfig, HostConfig, ImageInspect, Mount } from '#api';
import { each, flag, pairs, toggle } from './flag-words.ts';
import { csvLine } from './quote.ts';
import { isSecretMount, secretLabels } from './secret-labels.ts';

/** Volumes, mounts and the root file system of a container. */
export function mountWords(
  config: ContainerConfig,
  host: HostConfig,
  image: ImageInspect['Config'],
): string[] {
  const anonymous = Object.keys(config.Volumes ?? {}).filter((path) => !(path in (image.Volumes ?? {})));
  const mounts = host.Mounts ?? [];
  return [
    ...each('volume', [...(host.Binds ?? []), ...anonymous]),
    ...each('mount', mounts.filter((mount) => !isSecretMount(mount)).map(mountText)),
    ...each('label', secretLabels(mounts)),
    ...each(
      'tmpfs',
      Object.entries(host.Tmpfs ?? {}).map(([path, options]) =>
        options === '' ? path : `${path}:${options}`,
      ),
    ),
    ...each('volumes-from', host.VolumesFrom),
    ...flag('volume-driver', host.VolumeDriver),
    ...toggle('read-only', host.ReadonlyRootfs),
    ...pairs('storage-opt', host.StorageOpt),
    ...flag('shm-size', host.ShmSize === usualShmBytes ? '' : host.ShmSize),
  ];
}

const usualShmBytes = 64 << 20;

function mountText(mount: Mount): string {
  const { BindOptions: bind, TmpfsOptions: tmpfs, ImageOptions: image } = mount;
  const fields = [
    ...field('type', mount.Type),
    ...field('source', mount.Source),
    ...field('target', mount.Target),
    ...(mount.ReadOnly ? ['readonly'] : []),
    ...field('consistency', mount.Consistency),
    ...field('bind-propagation', bind?.Propagation),
    ...field('bind-recursive', recursion(bind)),
    ...volumeFields(mount.VolumeOptions),
    ...field('image-subpath', image?.Subpath),
    ...field('tmpfs-size', tmpfs?.SizeBytes),
    ...field('tmpfs-mode', tmpfs?.Mode?.toString(8)),
  ];
  return csvLine(fields);
}

function recursion(bind: Mount['BindOptions']): string | undefined {
  if (bind?.NonRecursive) return 'disabled';
  if (bind?.ReadOnlyNonRecursive) return 'writable';
  return bind?.ReadOnlyForceRecursive ? 'readonly' : undefined;
}

function volumeFields(options: Mount['VolumeOptions']): string[] {
  const driver = options?.DriverConfig;
  const entries = (map: Readonly<Record<string, string>> | null | undefined) =>
    Object.entries(map ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    ...(options?.NoCopy ? ['volume-nocopy'] : []),
    ...field('volume-subpath', options?.Subpath),
    ...field('volume-driver', driver?.Name),
    ...entries(driver?.Options).map((option) => `volume-opt=${option}`),
    ...entries(options?.Labels).map((label) => `volume-label=${label}`),
  ];
}

function field(key: string, value: string | number | undefined): string[] {
  return value === undefined || value === '' || value === 0 ? [] : [`${key}=${value}`];
}
