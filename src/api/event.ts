export type EventType =
  | 'builder'
  | 'config'
  | 'container'
  | 'daemon'
  | 'image'
  | 'network'
  | 'node'
  | 'plugin'
  | 'secret'
  | 'service'
  | 'volume';

export interface EventActor {
  readonly ID: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

/** One line of `GET /events`. */
export interface EventMessage {
  /** Below API 1.52, for containers and images: the action. */
  readonly status?: string;
  /** Below API 1.52: the actor's id. */
  readonly id?: string;
  /** Below API 1.52: a container's image. */
  readonly from?: string;
  readonly Type: EventType;
  readonly Action: string;
  readonly Actor: EventActor;
  readonly scope: 'local' | 'swarm';
  readonly time: number;
  readonly timeNano: number;
}
