import type { Group } from './types.ts';

export const container: Group = {
  summary: 'Manage containers',
  commands: {
    attach: {
      summary: 'Attach local standard input, output, and error streams to a running container',
      load: () => import('../container/attach.ts'),
      topName: 'attach',
    },
    commit: {
      summary: "Create a new image from a container's changes",
      load: () => import('../container/commit.ts'),
      topName: 'commit',
    },
    cp: {
      summary: 'Copy files/folders between a container and the local filesystem',
      load: () => import('../container/cp.ts'),
      topName: 'cp',
    },
    create: {
      summary: 'Create a new container',
      load: () => import('../container/create.ts'),
      topName: 'create',
    },
    diff: {
      summary: "Inspect changes to files or directories on a container's filesystem",
      load: () => import('../container/diff.ts'),
      topName: 'diff',
    },
    exec: {
      summary: 'Execute a command in a running container',
      load: () => import('../container/exec.ts'),
      topName: 'exec',
    },
    export: {
      summary: "Export a container's filesystem as a tar archive",
      load: () => import('../container/export.ts'),
      topName: 'export',
    },
    inspect: {
      summary: 'Display detailed information on one or more containers',
      load: () => import('../container/inspect.ts'),
    },
    kill: {
      summary: 'Kill one or more running containers',
      load: () => import('../container/kill.ts'),
      topName: 'kill',
    },
    logs: {
      summary: 'Fetch the logs of a container',
      load: () => import('../container/logs.ts'),
      topName: 'logs',
    },
    ls: {
      summary: 'List containers',
      load: () => import('../container/ls.ts'),
      aliases: ['list', 'ps'],
      topName: 'ps',
    },
    pause: {
      summary: 'Pause all processes within one or more containers',
      load: () => import('../container/pause.ts'),
      topName: 'pause',
    },
    port: {
      summary: 'List port mappings or a specific mapping for the container',
      load: () => import('../container/port.ts'),
      topName: 'port',
    },
    prune: {
      summary: 'Remove all stopped containers',
      load: () => import('../container/prune.ts'),
    },
    rename: {
      summary: 'Rename a container',
      load: () => import('../container/rename.ts'),
      topName: 'rename',
    },
    restart: {
      summary: 'Restart one or more containers',
      load: () => import('../container/restart.ts'),
      topName: 'restart',
    },
    rm: {
      summary: 'Remove one or more containers',
      load: () => import('../container/rm.ts'),
      aliases: ['remove'],
      topName: 'rm',
    },
    run: {
      summary: 'Create and run a new container from an image',
      load: () => import('../container/run.ts'),
      topName: 'run',
    },
    start: {
      summary: 'Start one or more stopped containers',
      load: () => import('../container/start.ts'),
      topName: 'start',
    },
    stats: {
      summary: 'Display a live stream of container(s) resource usage statistics',
      load: () => import('../container/stats.ts'),
      topName: 'stats',
    },
    stop: {
      summary: 'Stop one or more running containers',
      load: () => import('../container/stop.ts'),
      topName: 'stop',
    },
    top: {
      summary: 'Display the running processes of a container',
      load: () => import('../container/top.ts'),
      topName: 'top',
    },
    unpause: {
      summary: 'Unpause all processes within one or more containers',
      load: () => import('../container/unpause.ts'),
      topName: 'unpause',
    },
    update: {
      summary: 'Update configuration of one or more containers',
      load: () => import('../container/update.ts'),
      topName: 'update',
    },
    wait: {
      summary: 'Block until one or more containers stop, then print their exit codes',
      load: () => import('../container/wait.ts'),
      topName: 'wait',
    },
  },
};
