import { flag, list, number, pairs, text, ulimits } from '../kinds.ts';
import type { OptionSpec } from '../option.ts';

/** What containers get when their request says nothing. */
export const containerOptions = {
  cgroupParent: {
    flag: 'cgroup-parent',
    key: 'cgroup-parent',
    kind: text,
    help: 'Parent cgroup of containers',
  },
  cgroupnsMode: {
    flag: 'default-cgroupns-mode',
    key: 'default-cgroupns-mode',
    kind: text,
    help: 'Cgroup namespace of containers: host or private',
  },
  ipcMode: {
    flag: 'default-ipc-mode',
    key: 'default-ipc-mode',
    kind: text,
    help: 'IPC of containers: shareable or private',
  },
  defaultRuntime: {
    flag: 'default-runtime',
    key: 'default-runtime',
    kind: text,
    help: 'Runtime of containers: runc stands for the own one',
  },
  shmSize: { flag: 'default-shm-size', key: 'default-shm-size', kind: text, help: 'Size of /dev/shm' },
  stopTimeout: {
    flag: 'default-stop-timeout',
    key: 'default-stop-timeout',
    kind: number,
    help: 'Seconds between the stop signal and SIGKILL',
  },
  ulimits: { flag: 'default-ulimit', key: 'default-ulimits', kind: ulimits, help: 'Ulimits of containers' },
  execKillOnDisconnect: {
    flag: 'exec-kill-on-disconnect',
    key: 'exec-kill-on-disconnect',
    kind: flag,
    help: 'End an attached exec whose client has gone',
  },
  execOptions: { flag: 'exec-opt', key: 'exec-opts', kind: list, help: 'native.cgroupdriver=cgroupfs' },
  init: { flag: 'init', key: 'init', kind: flag, help: 'Run an init in containers' },
  logDriver: { flag: 'log-driver', key: 'log-driver', kind: text, help: 'Log driver of containers' },
  logOptions: { flag: 'log-opt', key: 'log-opts', kind: pairs, help: 'Options of that log driver' },
  noNewPrivileges: {
    flag: 'no-new-privileges',
    key: 'no-new-privileges',
    kind: flag,
    help: 'Set no-new-privileges for containers',
  },
  restartUnhealthy: {
    flag: 'restart-unhealthy',
    key: 'restart-unhealthy',
    kind: flag,
    help: 'Restart containers that become unhealthy',
  },
  seccompProfile: {
    flag: 'seccomp-profile',
    key: 'seccomp-profile',
    kind: text,
    help: 'File of a seccomp profile, builtin or unconfined',
  },
} as const satisfies Record<string, OptionSpec>;
