import { EngineError, errnoOf } from '#base';
import { type Attribute, type NetlinkMessage, route } from '#linux';
import { NetworkAddresses } from '../ipam/network-addresses.ts';
import type { NetworkHost } from '../network-host.ts';
import type { EndpointState, NetworkRecord } from '../types.ts';
import { type ParentSettings, splitVlan } from './parent-options.ts';
import type { RunningNetwork } from './types.ts';

/** The record of a network whose containers' devices sit on a device of the host. */
export type ParentRecord = NetworkRecord & { readonly parent: ParentSettings };

/**
 * A macvlan or ipvlan network as it runs: containers are on the same link as a device of the host, their parent, and
 * nothing of the host is between. No port is published by it.
 */
export class ParentNetwork implements RunningNetwork {
  readonly record: ParentRecord;
  readonly addresses: NetworkAddresses;
  readonly interfacePrefix = 'eth';
  readonly carriesIpv6 = true;
  readonly #host: NetworkHost;
  readonly #isShared: (parent: string) => boolean;

  /** `isShared` tells whether other networks are on a parent. */
  constructor(record: ParentRecord, host: NetworkHost, isShared: (parent: string) => boolean) {
    this.record = record;
    const leadsNowhere = record.internal || record.parent.made === 'closed';
    this.addresses = new NetworkAddresses({ ...record, internal: leadsNowhere });
    this.#host = host;
    this.#isShared = isShared;
  }

  /** Makes the parent where it has to be made. @throws EngineError in Docker's words */
  open(): void {
    ensureParent(this.record.parent, this.#host);
  }

  nameHostDevice(): string {
    return '';
  }

  deviceMessages(
    { device: name, index, macAddress }: EndpointState,
    namespace: Attribute,
  ): readonly [NetlinkMessage, ...NetlinkMessage[]] {
    const settings = this.record.parent;
    const far = { name, index, namespace, parent: this.#parentIndex() };
    if (settings.driver === 'macvlan') {
      return [route.createMacvlan({ ...far, macAddress, mode: settings.mode })];
    }
    this.#refuseWithoutIpvlan();
    const { mode, flag } = settings;
    return [route.createIpvlan({ ...far, mode, flag })];
  }

  async remove(): Promise<void> {
    const { parent, made } = this.record.parent;
    if (made !== 'nothing' && !this.#isShared(parent)) await this.#host.removeDevice(parent);
  }

  #parentIndex(): number {
    const { parent } = this.record.parent;
    this.open();
    const index = this.#host.findDevice(parent);
    if (index !== undefined) return index;
    throw new EngineError('internal', `could not find parent interface ${parent}: Link not found`);
  }

  /** A kernel without ipvlan says so of any request, before it finds that this one has no parent. */
  #refuseWithoutIpvlan(): void {
    const namespace = route.namespaceOfProcess(process.pid);
    const orphan = {
      name: 'wharf-check',
      index: 0,
      parent: 0,
      namespace,
      mode: 'l2',
      flag: 'bridge',
    } as const;
    try {
      this.#host.configure([route.createIpvlan(orphan)]);
    } catch (cause) {
      if (errnoOf(cause) !== 'EOPNOTSUPP') return;
      throw new EngineError('internal', 'failed to create the ipvlan port: operation not supported', {
        cause,
      });
    }
  }
}

function ensureParent({ parent, made }: ParentSettings, host: NetworkHost): void {
  if (made === 'nothing' || host.findDevice(parent) !== undefined) return;
  if (made === 'closed') makeClosed(parent, host);
  else makeVlan(parent, host);
}

/** One end of a cable whose other end is nowhere: a device that is up, on every kernel that has bridges' devices. */
function makeClosed(parent: string, host: NetworkHost): void {
  const otherEnd = `${parent}-`;
  host.configure([route.createVethPair(parent, otherEnd)]);
  for (const name of [otherEnd, parent]) {
    const index = host.findDevice(name);
    if (index !== undefined) host.configure([route.setLinkUp(index)]);
  }
}

function makeVlan(parent: string, host: NetworkHost): void {
  const vlan = splitVlan(parent);
  const base = vlan && host.findDevice(vlan.base);
  if (vlan === undefined || base === undefined) {
    throw new EngineError('internal', `-o parent interface was not found on the host: ${vlan?.base}`);
  }
  try {
    host.configure([route.createVlan(parent, base, vlan.id)]);
  } catch (cause) {
    const reason = errnoOf(cause) === 'EOPNOTSUPP' ? 'operation not supported' : String(errnoOf(cause));
    throw new EngineError('internal', `failed to create ${parent} vlan link: ${reason}`, { cause });
  }
}
