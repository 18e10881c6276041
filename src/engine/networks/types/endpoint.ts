import type { RateLimits } from '../sandbox/rates.ts';

/** A wish for one endpoint; what is absent is chosen. */
export interface EndpointRequest {
  /** Name or id of the network. */
  readonly network: string;
  readonly ipv4Address?: string;
  readonly ipv6Address?: string;
  readonly macAddress?: string;
  readonly aliases?: readonly string[];
  /** Names that only this container knows others by there: `container:alias`. */
  readonly links?: readonly string[];
  /** The endpoint with the highest one gives the default routes; absent: 0. */
  readonly gatewayPriority?: number;
  readonly driverOptions?: Readonly<Record<string, string>>;
  /** Further addresses of the device, of 169.254/16 or fe80::/64. */
  readonly linkLocal?: readonly string[];
  /** Labels of the container, some of which limit its rates. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** An endpoint's address of one family. */
export interface EndpointAddress {
  readonly address: string;
  readonly prefixLength: number;
  /** Empty when no way leads out of the network. */
  readonly gateway: string;
}

/** A sandbox's attachment to one network. `host` and `none` give no addresses. */
export interface EndpointState {
  readonly networkId: string;
  readonly endpointId: string;
  readonly ipv4: EndpointAddress | undefined;
  readonly ipv6: EndpointAddress | undefined;
  readonly macAddress: string;
  readonly linkLocal: readonly string[];
  /** Name and index of the device in the container; empty for `host` and `none`. */
  readonly device: string;
  readonly index: number;
  /** Name of the host's end of the veth pair; empty where the device has none. */
  readonly hostDevice: string;
  readonly aliases: readonly string[];
  /** As in its request. */
  readonly links?: readonly string[];
  readonly gatewayPriority: number;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly rates?: RateLimits;
}
