import { randomBytes } from 'node:crypto';
import { EngineError, nowNs } from '#base';
import type { NetworkDriver, NetworkRecord } from './types.ts';

/** The names that every engine has and no user may take. */
export const predefinedNames = ['bridge', 'host', 'none'] as const;

export function isPredefined(name: string): boolean {
  return predefinedNames.some((predefined) => predefined === name);
}

/** @throws EngineError forbidden, for the removal of a network that every engine has */
export function refusePredefined({ name }: NetworkRecord): void {
  if (!isPredefined(name)) return;
  throw new EngineError('forbidden', `${name} is a pre-defined network and cannot be removed`);
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
