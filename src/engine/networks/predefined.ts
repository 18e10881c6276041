import { randomBytes } from 'node:crypto';
import { nowNs } from '#base';
import type { NetworkDriver, NetworkRecord } from './types.ts';

/** The names that every engine has and no user may take. */
export const predefinedNames = ['bridge', 'host', 'none'] as const;

export function isPredefined(name: string): boolean {
  return predefinedNames.some((predefined) => predefined === name);
}

/** A new record with a new id. */
export function newNetwork(name: string, driver: NetworkDriver): NetworkRecord {
  return {
    id: randomBytes(32).toString('hex'),
    name,
    driver,
    createdNs: nowNs(),
    ipv4: true,
    ipv6: false,
    internal: false,
    attachable: false,
    labels: {},
    options: {},
    ipamOptions: null,
    configOnly: false,
    configFrom: '',
    pools: [],
    bridge: undefined,
  };
}
