import { bool, each, list, pairs, text } from '../../flags/index.ts';
import { checkDeviceRule, checkSysctl } from './checks.ts';
import { parseGpus } from './devices.ts';

const sysctl = pairs('Sysctl options');

/** Flags of what the container may see and do. */
export const securityFlags = {
  'cap-add': list('Add Linux capabilities'),
  'cap-drop': list('Drop Linux capabilities'),
  'cgroup-parent': text('Optional parent cgroup for the container'),
  cgroupns: text(
    `Cgroup namespace to use (host|private)
'host':    Run the container in the Docker host's cgroup namespace
'private': Run the container in its own private cgroup namespace
'':        Use the cgroup namespace as configured by the
           default-cgroupns-mode option on the daemon (default)`,
  ),
  device: list('Add a host device to the container'),
  'device-cgroup-rule': list('Add a rule to the cgroup allowed devices list', { check: checkDeviceRule }),
  gpus: each("GPU devices to add to the container ('all' to pass all GPUs)", parseGpus, {
    valueName: 'gpu-request',
  }),
  'group-add': list('Add additional groups to join'),
  ipc: text('IPC mode to use'),
  pid: text('PID namespace to use'),
  privileged: bool('Give extended privileges to this container'),
  'security-opt': list('Security Options'),
  sysctl: {
    ...sysctl,
    read: (value: string, previous: Readonly<Record<string, string>>) =>
      sysctl.read(checkSysctl(value), previous),
  },
  userns: text('User namespace to use'),
  uts: text('UTS namespace to use'),
};
