import { ownRegistryAddress, registryAddress } from './settings.ts';
import type { Program } from './spawner.ts';
import { toolPath } from './tools.ts';

/** A registry under measurement: its command is clients that pull from it. */
export type Registry = Program;

/** Debian's, which ours is compared to and is a copy of. */
export const registries: readonly Registry[] = [
  pulledFrom('docker-registry', registryAddress),
  pulledFrom('wharf-registry', ownRegistryAddress),
];

function pulledFrom(name: string, address: string): Registry {
  const port = address.split(':')[1] ?? '';
  return { name, place: 'network', command: [toolPath('fetch'), port], environment: {}, cgroups: [] };
}
