import type { ContainerRecord } from '../../types.ts';
import type { LogDriverOptions } from '../option-values.ts';

/** One line of a container's output. */
export interface ShippedLine {
  readonly stream: 'stdout' | 'stderr';
  readonly timeNs: bigint;
  /** Without its line feed. */
  readonly text: Buffer;
}

/** Where one container's lines go, over a connection of its own. */
export interface Destination extends AsyncDisposable {
  /**
   * Resolves when all lines were taken, by the receiver if the protocol tells, else by the connection.
   * @throws whatever goes wrong: then the destination is of no more use, and another one is made
   */
  send(lines: readonly ShippedLine[], signal: AbortSignal): Promise<void>;
}

/** A kind of place that logs are sent to. */
export interface RemoteDriver {
  /** Its own options, besides those of all drivers. */
  readonly options: readonly string[];
  /** Refuses options that miss what must be there, before unknown ones are refused. @throws EngineError invalid */
  require?(options: LogDriverOptions): void;
  /** Refuses options that make no sense. @throws EngineError invalid, in Docker's words */
  parse(options: LogDriverOptions): unknown;
  /** Refuses what this machine can't do. @throws EngineError invalid, in Docker's words */
  check?(options: LogDriverOptions): void;
  /** Connects; the caller disposes of the result. @throws when the receiver can't be reached */
  connect(record: ContainerRecord, options: LogDriverOptions, signal: AbortSignal): Promise<Destination>;
}
