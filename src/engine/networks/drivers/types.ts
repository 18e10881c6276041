import type { Attribute, NetlinkMessage } from '#linux';
import type { NetworkAddresses } from '../ipam/network-addresses.ts';
import type { EndpointState } from '../types.ts';

/** A network of a driver that gives containers a device. */
export interface RunningNetwork {
  readonly addresses: NetworkAddresses;
  /** What a container's device is called, before its number. */
  readonly interfacePrefix: string;
  /** Whether its devices let packets through that are large enough for IPv6: others, the kernel keeps out of it. */
  readonly carriesIpv6: boolean;
  /** A name for the host's end of an endpoint's device; empty when it has none. */
  nameHostDevice(): string;
  /**
   * The messages, sent in the host's namespace, that make an endpoint's device in a container's. Only the first one
   * names that namespace.
   */
  deviceMessages(
    endpoint: EndpointState,
    namespace: Attribute,
  ): readonly [NetlinkMessage, ...NetlinkMessage[]];
  /** Makes what it needs of the host before its first container comes; idempotent. @throws EngineError */
  open(): void;
  /** Takes away what it has made on the host; what is gone already is no error. */
  remove(): Promise<void>;
}
