import { kernelMounts, type ProcessSpec, type RuntimeSpec, runtimeSpecVersion } from '#oci';

const rights = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE'];

const shell: ProcessSpec = {
  terminal: true,
  user: { uid: 0, gid: 0 },
  args: ['sh'],
  env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TERM=xterm'],
  cwd: '/',
  capabilities: { bounding: rights, effective: rights, permitted: rights },
  rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
  noNewPrivileges: true,
};

/** The spec that `wharf-runtime spec` writes for people to edit: a shell in `rootfs`. */
export const defaultSpec: RuntimeSpec = {
  ociVersion: runtimeSpecVersion,
  process: shell,
  root: { path: 'rootfs', readonly: true },
  hostname: 'wharf',
  mounts: kernelMounts({ writable: false, shmBytes: 64 << 20 }),
  linux: {
    resources: { devices: [{ allow: false, access: 'rwm' }] },
    namespaces: [
      { type: 'pid' },
      { type: 'network' },
      { type: 'ipc' },
      { type: 'uts' },
      { type: 'mount' },
      { type: 'cgroup' },
    ],
    maskedPaths: [
      '/proc/acpi',
      '/proc/asound',
      '/proc/kcore',
      '/proc/keys',
      '/proc/latency_stats',
      '/proc/timer_list',
      '/proc/timer_stats',
      '/proc/sched_debug',
      '/proc/scsi',
      '/sys/firmware',
    ],
    readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  },
};
