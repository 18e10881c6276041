import { writeFileSync } from 'node:fs';
import { type EndpointState, editHosts, ownNames } from '#engine/networks';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import { tryReadOwnFile } from '../own-file.ts';
import type { ContainerRecord } from '../types.ts';

/** What has become of a running container's places in networks. */
export interface Moved {
  readonly left: readonly EndpointState[];
  readonly present: readonly EndpointState[];
}

/** Has the hosts file of a running container name it at its addresses; what it has written there itself stays. */
export function updateHosts(
  { settings }: ContainerContext,
  record: ContainerRecord,
  { left, present }: Moved,
): void {
  const { hosts } = pathsOf(settings, record);
  const before = tryReadOwnFile(hosts);
  if (before === undefined) return;
  const { Hostname: hostname, Domainname: domainname } = record.config;
  const edit = {
    names: ownNames({ hostname, domainname }),
    remove: addressesOf(left),
    add: addressesOf(present),
  };
  writeFileSync(hosts, editHosts(before, edit));
}

function addressesOf(endpoints: readonly EndpointState[]): string[] {
  return endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].flatMap((given) => given?.address ?? []));
}
