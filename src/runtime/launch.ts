import type { CgroupSetup } from '#linux';
import type { RootMount } from '#oci';

/** What compile() must know of this launch that the spec does not say. */
export interface LaunchOptions {
  /** The bundle's directory; relative paths of the spec start here. */
  readonly bundle: string;
  /**
   * Mounts that make up the root; made at the spec's `root.path` inside the container's mount namespace only.
   * Absent: that path holds the root already.
   */
  readonly rootMounts?: readonly RootMount[];
  /**
   * Mounts of the spec that are made already and have no place yet, by their destination: paths of their descriptors
   * that init can open, with all attributes and the propagation that they are to have.
   */
  readonly readyMounts?: ReadonlyMap<string, string>;
  /** Absent: the container stays in the cgroup of its shim. */
  readonly cgroup?: CgroupSetup;
  readonly network?: LaunchNetwork;
  /** Of the session keyring that the container gets; absent: it keeps the shim's. */
  readonly sessionName?: string;
  /**
   * The first process is the core itself, which forwards signals, reaps what is left to it and ends as its child,
   * the user's program, does. Absent: the program is the first process.
   */
  readonly init?: boolean;
  /** How many descriptors from 3 on the process inherits; absent: none. */
  readonly inheritedFds?: number;
}

/** What a network gives a container at launch; messages are complete netlink requests. */
export interface LaunchNetwork {
  /** Sent in the host's namespace after the clone. */
  readonly hostMessages: readonly HostMessage[];
  /** Sent inside the container's network namespace. */
  readonly insideMessages: readonly Uint8Array[];
  /** The same for nftables messages. */
  readonly insideRules?: Uint8Array;
  /** Kernel parameters of the devices, by path. */
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly listens: readonly Listen[];
  /** Sockets of the container's network namespace that its shim holds, for who asks it for them by their place. */
  readonly heldSockets?: readonly HeldSocket[];
}

export interface HeldSocket {
  readonly protocol: 'tcp' | 'udp';
  /** Of the loopback device, which comes up for it: 4 bytes. */
  readonly address: Uint8Array;
  readonly port: number;
}

export interface HostMessage {
  readonly message: Uint8Array;
  /** Where in the message init's pid goes, as a u32. */
  readonly pidOffset?: number;
}

/** A host port that the shim keeps reserved and serves by relaying to the container. */
export interface Listen {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly port: number;
  readonly targetAddress: Uint8Array;
  readonly targetPort: number;
  /** Whether other shims may listen there too. */
  readonly shared?: boolean;
}
