import type { Command } from './command.ts';

type Load = () => Promise<{ readonly command: Command }>;

/** A command's place in the tree; the command itself is loaded when it is called. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: Load;
  /** Further names within its group. */
  readonly aliases?: readonly string[];
  /** Its name without the group, if it has one. */
  readonly topName?: string;
}

export interface Group {
  readonly summary: string;
  readonly commands: Readonly<Record<string, CommandEntry>>;
}

/** A command found by name. `path` is what the user wrote; `names` are all its names. */
export interface Located {
  readonly entry: CommandEntry;
  readonly path: string;
  readonly names: readonly string[];
}

const container: Group = {
  summary: 'Manage containers',
  commands: {
    attach: {
      summary: 'Attach local standard input, output, and error streams to a running container',
      load: () => import('./container/attach.ts'),
      topName: 'attach',
    },
    commit: {
      summary: "Create a new image from a container's changes",
      load: () => import('./container/commit.ts'),
      topName: 'commit',
    },
    cp: {
      summary: 'Copy files/folders between a container and the local filesystem',
      load: () => import('./container/cp.ts'),
      topName: 'cp',
    },
    create: {
      summary: 'Create a new container',
      load: () => import('./container/create.ts'),
      topName: 'create',
    },
    diff: {
      summary: "Inspect changes to files or directories on a container's filesystem",
      load: () => import('./container/diff.ts'),
      topName: 'diff',
    },
    exec: {
      summary: 'Execute a command in a running container',
      load: () => import('./container/exec.ts'),
      topName: 'exec',
    },
    export: {
      summary: "Export a container's filesystem as a tar archive",
      load: () => import('./container/export.ts'),
      topName: 'export',
    },
    inspect: {
      summary: 'Display detailed information on one or more containers',
      load: () => import('./container/inspect.ts'),
    },
    kill: {
      summary: 'Kill one or more running containers',
      load: () => import('./container/kill.ts'),
      topName: 'kill',
    },
    logs: {
      summary: 'Fetch the logs of a container',
      load: () => import('./container/logs.ts'),
      topName: 'logs',
    },
    ls: {
      summary: 'List containers',
      load: () => import('./container/ls.ts'),
      aliases: ['list', 'ps'],
      topName: 'ps',
    },
    pause: {
      summary: 'Pause all processes within one or more containers',
      load: () => import('./container/pause.ts'),
      topName: 'pause',
    },
    port: {
      summary: 'List port mappings or a specific mapping for the container',
      load: () => import('./container/port.ts'),
      topName: 'port',
    },
    prune: {
      summary: 'Remove all stopped containers',
      load: () => import('./container/prune.ts'),
    },
    rename: {
      summary: 'Rename a container',
      load: () => import('./container/rename.ts'),
      topName: 'rename',
    },
    restart: {
      summary: 'Restart one or more containers',
      load: () => import('./container/restart.ts'),
      topName: 'restart',
    },
    rm: {
      summary: 'Remove one or more containers',
      load: () => import('./container/rm.ts'),
      aliases: ['remove'],
      topName: 'rm',
    },
    run: {
      summary: 'Create and run a new container from an image',
      load: () => import('./container/run.ts'),
      topName: 'run',
    },
    start: {
      summary: 'Start one or more stopped containers',
      load: () => import('./container/start.ts'),
      topName: 'start',
    },
    stats: {
      summary: 'Display a live stream of container(s) resource usage statistics',
      load: () => import('./container/stats.ts'),
      topName: 'stats',
    },
    stop: {
      summary: 'Stop one or more running containers',
      load: () => import('./container/stop.ts'),
      topName: 'stop',
    },
    top: {
      summary: 'Display the running processes of a container',
      load: () => import('./container/top.ts'),
      topName: 'top',
    },
    unpause: {
      summary: 'Unpause all processes within one or more containers',
      load: () => import('./container/unpause.ts'),
      topName: 'unpause',
    },
    update: {
      summary: 'Update configuration of one or more containers',
      load: () => import('./container/update.ts'),
      topName: 'update',
    },
    wait: {
      summary: 'Block until one or more containers stop, then print their exit codes',
      load: () => import('./container/wait.ts'),
      topName: 'wait',
    },
  },
};

const image: Group = {
  summary: 'Manage images',
  commands: {
    history: {
      summary: 'Show the history of an image',
      load: () => import('./image/history.ts'),
      topName: 'history',
    },
    inspect: {
      summary: 'Display detailed information on one or more images',
      load: () => import('./image/inspect.ts'),
    },
    load: {
      summary: 'Load an image from a tar archive or STDIN',
      load: () => import('./image/load.ts'),
      topName: 'load',
    },
    ls: {
      summary: 'List images',
      load: () => import('./image/ls.ts'),
      aliases: ['list'],
      topName: 'images',
    },
    prune: { summary: 'Remove unused images', load: () => import('./image/prune.ts') },
    pull: {
      summary: 'Download an image from a registry',
      load: () => import('./image/pull.ts'),
      topName: 'pull',
    },
    push: {
      summary: 'Upload an image to a registry',
      load: () => import('./image/push.ts'),
      topName: 'push',
    },
    rm: {
      summary: 'Remove one or more images',
      load: () => import('./image/rm.ts'),
      aliases: ['remove'],
      topName: 'rmi',
    },
    save: {
      summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
      load: () => import('./image/save.ts'),
      topName: 'save',
    },
    tag: {
      summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
      load: () => import('./image/tag.ts'),
      topName: 'tag',
    },
  },
};

const network: Group = {
  summary: 'Manage networks',
  commands: {
    connect: { summary: 'Connect a container to a network', load: () => import('./network/connect.ts') },
    create: { summary: 'Create a network', load: () => import('./network/create.ts') },
    disconnect: {
      summary: 'Disconnect a container from a network',
      load: () => import('./network/disconnect.ts'),
    },
    inspect: {
      summary: 'Display detailed information on one or more networks',
      load: () => import('./network/inspect.ts'),
    },
    ls: { summary: 'List networks', load: () => import('./network/ls.ts'), aliases: ['list'] },
    prune: { summary: 'Remove all unused networks', load: () => import('./network/prune.ts') },
    rm: {
      summary: 'Remove one or more networks',
      load: () => import('./network/rm.ts'),
      aliases: ['remove'],
    },
  },
};

const volume: Group = {
  summary: 'Manage volumes',
  commands: {
    create: { summary: 'Create a volume', load: () => import('./volume/create.ts') },
    inspect: {
      summary: 'Display detailed information on one or more volumes',
      load: () => import('./volume/inspect.ts'),
    },
    ls: { summary: 'List volumes', load: () => import('./volume/ls.ts'), aliases: ['list'] },
    prune: { summary: 'Remove unused local volumes', load: () => import('./volume/prune.ts') },
    rm: { summary: 'Remove one or more volumes', load: () => import('./volume/rm.ts'), aliases: ['remove'] },
  },
};

const system: Group = {
  summary: 'Manage Docker',
  commands: {
    events: {
      summary: 'Get real time events from the server',
      load: () => import('./system/events.ts'),
      topName: 'events',
    },
    info: {
      summary: 'Display system-wide information',
      load: () => import('./system/info.ts'),
      topName: 'info',
    },
  },
};

const daemon: Group = {
  summary: 'Manage the daemon of this machine',
  commands: {
    start: { summary: 'Start the daemon in the background', load: () => import('./daemon/start.ts') },
  },
};

/** The groups of commands by name. */
export const groups: Readonly<Record<string, Group>> = { container, daemon, image, network, system, volume };

/** Commands that belong to no group. */
const ungrouped: Readonly<Record<string, CommandEntry>> = {
  inspect: {
    summary: 'Return low-level information on Docker objects',
    load: () => import('./system/inspect.ts'),
  },
  login: { summary: 'Authenticate to a registry', load: () => import('./system/login.ts') },
  logout: { summary: 'Log out from a registry', load: () => import('./system/logout.ts') },
  version: { summary: 'Show the Docker version information', load: () => import('./system/version.ts') },
};

/** The commands that can be called without a group, by name. */
export const topCommands: Readonly<Record<string, CommandEntry>> = {
  ...ungrouped,
  ...Object.fromEntries(
    Object.values(groups)
      .flatMap((group) => Object.values(group.commands))
      .flatMap((entry) => (entry.topName === undefined ? [] : [[entry.topName, entry]])),
  ),
};

/** What the help shows first, in this order. */
export const commonCommands: readonly string[] = [
  'run',
  'exec',
  'ps',
  'pull',
  'push',
  'images',
  'login',
  'logout',
  'version',
  'info',
];

/** The command that the first one or two words name; undefined when they name none. */
export function locate(words: readonly string[]): Located | undefined {
  const [first = '', second] = words;
  const group = groups[first];
  const entry = group === undefined ? topCommands[first] : findInGroup(group, second ?? '');
  if (entry === undefined) return undefined;
  const path = group === undefined ? first : `${first} ${second}`;
  return { entry, path, names: allNames(entry) };
}

function findInGroup(group: Group, name: string): CommandEntry | undefined {
  return group.commands[name] ?? Object.values(group.commands).find((entry) => entry.aliases?.includes(name));
}

function allNames(entry: CommandEntry): string[] {
  const top = entry.topName === undefined ? [] : [entry.topName];
  for (const [groupName, group] of Object.entries(groups)) {
    for (const [name, candidate] of Object.entries(group.commands)) {
      if (candidate !== entry) continue;
      return [...[name, ...(entry.aliases ?? [])].map((alias) => `${groupName} ${alias}`), ...top];
    }
  }
  return top;
}
