import { join } from 'node:path';
import type { ContainerSettings } from './context.ts';
import type { ContainerPaths, ContainerRecord } from './types.ts';

type Roots = Pick<ContainerSettings, 'dataRoot' | 'execRoot'>;

/** Where all containers' lasting files are. */
export function durableRoot({ dataRoot }: Roots): string {
  return join(dataRoot, 'containers');
}

/** Where all bundles and shim sockets are. */
export function bundleRoot({ execRoot }: Roots): string {
  return join(execRoot, 'containers');
}

/** A container's lasting files: its log and the files that are bound into its /etc. */
export function durableDirectory(roots: Roots, id: string): string {
  return join(durableRoot(roots), id);
}

/** The OCI bundle of a running container, and its shim's socket. */
export function bundleDirectory(roots: Roots, id: string): string {
  return join(bundleRoot(roots), id);
}

/** The files of a container that others read. */
export function pathsOf(roots: Roots, { id, hostConfig }: ContainerRecord): ContainerPaths {
  const directory = durableDirectory(roots, id);
  return {
    resolvConf: join(directory, 'resolv.conf'),
    hostname: join(directory, 'hostname'),
    hosts: join(directory, 'hosts'),
    log: logPath(directory, id, hostConfig.LogConfig.Type),
  };
}

function logPath(directory: string, id: string, driver: string): string {
  if (driver === 'none') return '';
  return driver === 'local'
    ? join(directory, 'local-logs', 'container.log')
    : join(directory, `${id}-json.log`);
}
