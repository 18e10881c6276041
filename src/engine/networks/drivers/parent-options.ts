import { EngineError } from '#base';
import { route } from '#linux';
import type { NetworkOptions } from '../types.ts';

/** How containers' devices sit on top of one device of the host. */
export type ParentSettings = Kind & {
  /** Name of the host's device. */
  readonly parent: string;
  /** What has to be made for the parent to be there: a VLAN's device on another one, or one that leads nowhere. */
  readonly made: 'nothing' | 'vlan' | 'closed';
};

type Kind =
  | { readonly driver: 'macvlan'; readonly mode: route.MacvlanMode }
  | { readonly driver: 'ipvlan'; readonly mode: route.IpvlanMode; readonly flag: route.IpvlanFlag };

/** The parent's name and the number of a VLAN's device: `eth0.10`. */
export function splitVlan(name: string): { readonly base: string; readonly id: number } | undefined {
  const [, base, digits] = /^(.+)\.(\d{1,4})$/.exec(name) ?? [];
  const id = Number(digits);
  return base !== undefined && id >= 1 && id <= 4094 ? { base, id } : undefined;
}

/** What there is for such a network to be put on. */
export interface ParentRoom {
  /** The name for a parent that is made for a network without one: it leads nowhere. */
  readonly closed: string;
  readonly hasDevice: (name: string) => boolean;
  /** Of the other networks. */
  readonly parents: readonly ParentSettings[];
}

/** What the driver options of a macvlan or ipvlan network come to. @throws EngineError in Docker's words */
export function readParentOptions(
  driver: ParentSettings['driver'],
  options: NetworkOptions,
  { closed, hasDevice, parents }: ParentRoom,
): ParentSettings {
  const kind = readKind(driver, options);
  const parent = options.parent ?? '';
  if (parent === '' || parent === closed) return { ...kind, parent: closed, made: 'closed' };
  if (parent === 'lo') throw failure(`loopback interface is not a valid ${driver} parent link`);
  // What another network has made goes with the last of them.
  const made = parents.find((other) => other.parent === parent)?.made ?? 'nothing';
  if (hasDevice(parent)) return { ...kind, parent, made };
  const vlan = splitVlan(parent);
  if (vlan === undefined) {
    throw failure(`invalid subinterface vlan name ${parent}, example formatting is eth0.10`);
  }
  if (!hasDevice(vlan.base)) throw failure(`-o parent interface was not found on the host: ${vlan.base}`);
  return { ...kind, parent, made: 'vlan' };
}

function readKind(driver: ParentSettings['driver'], options: NetworkOptions): Kind {
  if (driver === 'macvlan') {
    const mode = options.macvlan_mode || 'bridge';
    if (isKey(route.macvlanModes, mode)) return { driver, mode };
    throw failure(
      `requested macvlan mode '${mode}' is not valid, 'bridge' mode is the macvlan driver default`,
    );
  }
  const mode = options.ipvlan_mode || 'l2';
  const flag = options.ipvlan_flag || 'bridge';
  if (!isKey(route.ipvlanModes, mode)) {
    throw failure(`requested ipvlan mode '${mode}' is not valid, 'l2' mode is the ipvlan driver default`);
  }
  if (isKey(route.ipvlanFlags, flag)) return { driver, mode, flag };
  throw failure(`requested ipvlan flag '${flag}' is not valid, 'bridge' is the ipvlan driver default`);
}

function isKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}

function failure(text: string): EngineError {
  return new EngineError('internal', text);
}
