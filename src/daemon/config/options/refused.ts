import { flag, list, text } from '../kinds.ts';
import type { OptionSpec } from '../option.ts';

/** Docker's settings that protect the host or its firewall: to leave them out in silence would be unsafe. */
export const refusedOptions = {
  authorizationPlugins: {
    flag: 'authorization-plugin',
    key: 'authorization-plugins',
    kind: list,
    help: 'Not supported: authorization plugins',
  },
  ip6tables: { flag: 'ip6tables', key: 'ip6tables', kind: flag, help: 'Not supported: false' },
  ipForward: { flag: 'ip-forward', key: 'ip-forward', kind: flag, help: 'Not supported: false' },
  iptables: { flag: 'iptables', key: 'iptables', kind: flag, help: 'Not supported: false' },
  rootless: { flag: 'rootless', kind: flag, help: 'Not supported: rootless mode' },
  selinux: { flag: 'selinux-enabled', key: 'selinux-enabled', kind: flag, help: 'Not supported: SELinux' },
  usernsRemap: {
    flag: 'userns-remap',
    key: 'userns-remap',
    kind: text,
    help: 'Not supported: user namespaces for all containers',
  },
} as const satisfies Record<string, OptionSpec>;
