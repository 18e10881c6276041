import { fileURLToPath } from 'node:url';

/** Where the peers live: a Debian of their own, their data, and what the bench makes for them to work on. */
export const peersFolder = process.env.WHARF_PEERS ?? '/var/lib/wharf-peers';

export const folders = {
  /** The Debian root that docker, podman, runc and crun run in. */
  debian: `${peersFolder}/sid`,
  /** Images, bundles and file trees that every engine is given. */
  work: `${peersFolder}/work`,
  /** Stores of the engines and of the registry. */
  data: `${peersFolder}/data`,
  /** Pid files, sockets and logs of what is running. */
  run: `${peersFolder}/run`,
  /** Clients of Debian without their slow initialiser, seen by the peers under the same path. */
  clients: `${peersFolder}/bin`,
  /** The programs of Wharf that are measured. */
  wharf: process.env.WHARF_BIN ?? fileURLToPath(new URL('../bin', import.meta.url)),
  results: fileURLToPath(new URL('../build/bench', import.meta.url)),
} as const;

/** The registry that images are pulled from, inside the peers' network. */
export const registryAddress = '127.0.0.1:5055';

/** Our own registry, beside it. */
export const ownRegistryAddress = '127.0.0.1:5056';

/** The small image that containers are started from. */
export const smallImage = 'bench-busybox:1';

/** What programs of Debian need to find each other; nothing of the caller's own environment. */
export const environment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
};
