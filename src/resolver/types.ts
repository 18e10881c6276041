/** A container as its own questions, and those of its neighbours, are answered. Plain JSON. */
export interface NamedSandbox {
  readonly containerId: string;
  /** Those that come first are asked first. */
  readonly endpoints: readonly NamedEndpoint[];
  readonly links: readonly Link[];
  /** Whether anything is asked of other servers: not by a container that no network leads out of. */
  readonly forwards: boolean;
  /** Those servers, as seen from the container; none: the ones that the host has at the time. */
  readonly servers: readonly string[];
  /** What `host.docker.internal` is to it, of either family. */
  readonly hostAddresses: readonly string[];
}

/** A container's place in one network. */
export interface NamedEndpoint {
  readonly networkId: string;
  readonly networkName: string;
  /** What it is called there; the first is what its addresses are called. None: nobody finds it by name. */
  readonly names: readonly string[];
  /** Of either family. */
  readonly addresses: readonly string[];
}

/** A name that one container alone knows another by. */
export interface Link {
  readonly networkId: string;
  /** A name that the other container has on that network. */
  readonly target: string;
  readonly alias: string;
}
