import type { LaunchNetwork, Listen } from '#runtime';
import type { NameWishes } from '../names/types.ts';
import type { Readiness } from '../publishing/publisher.ts';
import type { EndpointRequest, EndpointState } from './endpoint.ts';
import type { PortRequest, PublishedPort } from './port.ts';

export interface JoinRequest {
  readonly containerId: string;
  readonly containerName: string;
  /** The networks to attach to, in the order of their devices; none, with `host`, at most itself. */
  readonly endpoints: readonly EndpointRequest[];
  readonly ports: readonly PortRequest[];
  /** Absent: it is answered by no resolver of ours. */
  readonly names?: NameWishes;
}

/** All that is needed to find a sandbox again after a restart of the daemon; plain JSON. */
export interface SandboxRecord {
  readonly containerId: string;
  readonly containerName: string;
  /** By the name of the network. */
  readonly endpoints: Readonly<Record<string, EndpointState>>;
  readonly ports: readonly PublishedPort[];
  /** As in its request; absent in records of an earlier version. */
  readonly names?: NameWishes | undefined;
}

/** A container's place in its networks: addresses and host ports are held from join() until release(). */
export interface Sandbox extends SandboxRecord {
  /** What makes the devices when the container starts; undefined when it has no namespace of its own to set up. */
  readonly launch: LaunchNetwork | undefined;
  /** Where the container's shim is to listen, with the ports as they are now. */
  readonly listens: readonly Listen[];
  /** Whether one of its networks can publish ports. */
  readonly publishes: boolean;
  /**
   * Holds further host ports; they are reachable when the shim listens at them and publish() was called.
   * @throws EngineError with Docker's text, also where no port can be published; nothing is held then
   */
  addPorts(wishes: readonly PortRequest[]): readonly PublishedPort[];
  /** Makes some of its ports unreachable and gives them back, but for the shim's sockets. */
  removePorts(ports: readonly PublishedPort[]): void;
  /** The container has another name from here on. */
  rename(name: string): Promise<void>;
  /**
   * Makes the published ports and the names reachable; idempotent. Called when the container runs. Ports that others
   * serve too bring it connections only when it is ready: as soon as they answer, or when it is admitted.
   */
  publish(readiness?: Readiness): Promise<void>;
  /** It is ready for its share of its groups' connections. */
  admit(): void;
  /** It gets none of them any more, where others do. */
  withdraw(): void;
  /**
   * Hands the ports that it shares over to the others of its group: waits for one that is on its way, then gives it no
   * further connections, has its shim's sockets closed, and waits for the connections that it has. Nothing is waited for
   * once it is given up.
   */
  drain(closeSockets: () => Promise<void>, givenUp: AbortSignal): Promise<void>;
  /**
   * Takes addresses on a further network for a running container, whose network namespace a descriptor is given of;
   * nothing is seen of it before it is plugged in.
   * @throws EngineError
   */
  reserve(wish: EndpointRequest, netns: number): Reservation;
  /**
   * Takes a running container out of a network, named so: its device goes, the default routes and the ports move on.
   * @returns whether the ports are elsewhere now, or none are left: the shim is to listen for those that there are, and
   * publish() to be called
   */
  unplug(network: string, netns: number): Promise<boolean>;
  /**
   * Has a running container send and receive as much as its networks and these labels let it.
   * @throws EngineError invalid, for what is no rate; nothing has changed then
   */
  limitRates(labels: Readonly<Record<string, string>>, netns: number): void;
  /** Removes the device of an endpoint that is none of its own any more, if it is there. */
  discard(endpoint: EndpointState, netns: number): Promise<void>;
  /** Takes back ports and addresses; idempotent. The devices die with the network namespace. */
  release(): Promise<void>;
  toRecord(): SandboxRecord;
}

/** Addresses that a running container is to get on a further network. */
export interface Reservation {
  readonly endpoint: EndpointState;
  /**
   * Makes the device in the container's network namespace; routes and ports move as in unplug().
   * @returns what unplug() returns
   * @throws SystemCallError; there is no device then
   */
  plug(): Promise<boolean>;
  /** Gives the addresses back, when it was not plugged in. */
  cancel(): void;
}
