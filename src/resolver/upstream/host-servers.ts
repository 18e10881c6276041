import { statSync } from 'node:fs';
import { parseResolvConf, readResolvConf } from './resolv-conf.ts';

/** Docker's, for a host that names none. */
export const publicServers: readonly string[] = ['8.8.8.8', '8.8.4.4'];

/** As many as the C library asks. */
const mostServers = 3;

/** The servers of the host's resolv.conf, as it is whenever it is asked for. */
export class HostServers {
  readonly #path: string;
  #seen = '';
  #servers: readonly string[] = publicServers;

  constructor(path: string) {
    this.#path = path;
  }

  /** Looks whether the file is another one; while there is none, the last ones hold. */
  get current(): readonly string[] {
    try {
      const { dev, ino, size, mtimeNs } = statSync(this.#path, { bigint: true });
      const seen = [dev, ino, size, mtimeNs].join(' ');
      if (seen !== this.#seen) this.#servers = readServers(this.#path);
      this.#seen = seen;
    } catch {
      // It is being replaced; what was true a moment ago is the best guess.
    }
    return this.#servers;
  }
}

function readServers(path: string): readonly string[] {
  const { servers } = parseResolvConf(readResolvConf(path));
  return servers.length > 0 ? servers.slice(0, mostServers) : publicServers;
}
