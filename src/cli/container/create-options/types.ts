import type { FlagValues } from '../../flags/index.ts';
import type { networkFlags } from './network-flags.ts';
import type { processFlags } from './process-flags.ts';
import type { resourceFlags } from './resource-flags.ts';
import type { securityFlags } from './security-flags.ts';
import type { storageFlags } from './storage-flags.ts';

/** The values of the flags of `create`. */
export type CreateValues = FlagValues<typeof processFlags> &
  FlagValues<typeof networkFlags> &
  FlagValues<typeof storageFlags> &
  FlagValues<typeof securityFlags> &
  FlagValues<typeof resourceFlags>;

/** Flags with their values, and which of them were given. */
export interface CreateInput {
  readonly values: CreateValues;
  readonly given: ReadonlySet<string>;
}

/** What the request takes from where the client runs. */
export interface Surroundings {
  /** @throws Error with Go's words */
  readFile(path: string): string;
  /** Where relative paths begin. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Rows and columns of the terminal, zeros for none. */
  readonly consoleSize: readonly [number, number];
  /** The proxies of the user's settings, by their names there (`httpProxy`). */
  readonly proxies: Readonly<Record<string, string>>;
}

/** What `POST /containers/create` is given. */
export interface RunRequest {
  readonly body: import('#api').ContainerCreateRequest;
  readonly name: string;
  readonly platform: string;
  /** The container is to reach the daemon, as the user. */
  readonly usesApiSocket: boolean;
}
