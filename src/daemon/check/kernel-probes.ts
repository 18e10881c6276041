import { existsSync, readFileSync } from 'node:fs';
import {
  mountDetached,
  type NamespaceType,
  openConfined,
  openPathOnly,
  openPidfd,
  readNamespace,
  readProcessStatus,
  readSysctl,
} from '#linux';
import { capabilitiesOf } from '#oci';
import type { Probe } from './probe.ts';

/** AT_FDCWD */
const currentDirectory = -100;
const neededNamespaces: readonly NamespaceType[] = ['ipc', 'mnt', 'net', 'pid', 'uts'];
const neededCapabilities = [
  'CAP_SYS_ADMIN',
  'CAP_NET_ADMIN',
  'CAP_MKNOD',
  'CAP_CHOWN',
  'CAP_SETUID',
  'CAP_SETGID',
];

/** What the core and the daemon call the kernel for. */
export const kernelProbes: readonly Probe[] = [
  {
    feature: 'rights of root',
    needed: true,
    lost: 'mounts, namespaces and network devices can be made by root alone',
    attempt() {
      const held = capabilitiesOf(BigInt(`0x${readProcessStatus(process.pid)?.get('CapEff') ?? '0'}`));
      const lacking = neededCapabilities.filter((name) => !held.includes(name));
      if (lacking.length > 0) throw new Error(`lacking ${lacking.join(' ')}`);
      return `${held.length} capabilities`;
    },
  },
  {
    feature: 'namespaces',
    needed: true,
    lost: 'a container would share the host',
    attempt() {
      const lacking = neededNamespaces.filter((type) => readNamespace('self', type) === undefined);
      if (lacking.length > 0) throw new Error(`lacking ${lacking.join(' ')}`);
      return neededNamespaces.join(' ');
    },
  },
  {
    feature: 'user namespaces',
    lost: 'containers whose root is no root of the host',
    attempt() {
      requireNamespace('user');
      const limit = readSysctl('user.max_user_namespaces');
      if (limit === '0') throw new Error('user.max_user_namespaces is 0');
      return `at most ${limit}`;
    },
  },
  {
    feature: 'cgroup namespaces',
    lost: 'a container sees where in the host its cgroup is',
    attempt: () => requireNamespace('cgroup'),
  },
  {
    feature: 'pidfd',
    needed: true,
    lost: 'signals could hit a process that took over the pid of another',
    attempt() {
      openPidfd(process.pid)[Symbol.dispose]();
      return undefined;
    },
  },
  {
    feature: 'openat2',
    needed: true,
    lost: 'paths inside containers could not be opened safely',
    attempt() {
      openConfined({ directory: currentDirectory, path: '.', flags: openPathOnly })[Symbol.dispose]();
      return undefined;
    },
  },
  {
    feature: 'mounts by descriptor',
    needed: true,
    lost: 'a container could not be given its file system',
    attempt() {
      mountDetached({ type: 'tmpfs', options: [] })[Symbol.dispose]();
      return 'fsopen, fsmount';
    },
  },
  {
    feature: 'seccomp filters',
    lost: 'containers are not kept from dangerous system calls',
    attempt() {
      const actions = readSysctl('kernel.seccomp.actions_avail');
      if (!actions.includes('errno')) throw new Error(`only ${actions}`);
      return undefined;
    },
  },
  {
    feature: 'AppArmor',
    lost: 'profiles of --security-opt apparmor= have no effect',
    attempt() {
      const path = '/sys/module/apparmor/parameters/enabled';
      if (!existsSync(path) || readFileSync(path, 'utf8').trim() !== 'Y')
        throw new Error('off in this kernel');
      return undefined;
    },
  },
  {
    feature: 'message queues',
    lost: 'POSIX message queues in containers (/dev/mqueue)',
    attempt() {
      mountDetached({ type: 'mqueue', options: [] })[Symbol.dispose]();
      return undefined;
    },
  },
];

function requireNamespace(type: NamespaceType): undefined {
  if (readNamespace('self', type) === undefined) throw new Error('off in this kernel');
}
