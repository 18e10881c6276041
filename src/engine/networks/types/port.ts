export type Protocol = 'tcp' | 'udp' | 'sctp';

/** A port of a container, as `80/tcp`. */
export interface ContainerPort {
  readonly port: number;
  readonly protocol: Protocol;
}

/** What the user asked for one container port: an empty address is any, port 0 any free one. */
export interface PortRequest extends ContainerPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  /** Last port of a host range to choose one from; equal to hostPort for a fixed port. */
  readonly hostPortEnd: number;
  /** Containers of one group may share a place of the host: its connections are dealt out to them. */
  readonly group?: string | undefined;
}

/**
 * A container port that is reachable at an address and port of the host; port 0 means that it is reachable at the
 * container's own address instead, as in routed networks.
 */
export interface PublishedPort extends ContainerPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly group?: string | undefined;
}
