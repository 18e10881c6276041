/** How a flag's values stand in a service. */
export interface FlagKey {
  readonly key: string;
  readonly kind: 'text' | 'number' | 'list' | 'true';
}

const text = (key: string): FlagKey => ({ key, kind: 'text' });
const number = (key: string): FlagKey => ({ key, kind: 'number' });
const list = (key: string): FlagKey => ({ key, kind: 'list' });
const yes = (key: string): FlagKey => ({ key, kind: 'true' });

/** The flags of `run` for which Compose has one key (compose-spec, 05-services.md). */
export const flagKeys: Readonly<Record<string, FlagKey>> = {
  name: text('container_name'),
  interactive: yes('stdin_open'),
  tty: yes('tty'),
  hostname: text('hostname'),
  domainname: text('domainname'),
  user: text('user'),
  workdir: text('working_dir'),
  env: list('environment'),
  label: list('labels'),
  annotation: list('annotations'),
  'stop-signal': text('stop_signal'),
  restart: text('restart'),
  'mac-address': text('mac_address'),
  link: list('external_links'),
  publish: list('ports'),
  expose: list('expose'),
  dns: list('dns'),
  'dns-option': list('dns_opt'),
  'dns-search': list('dns_search'),
  'add-host': list('extra_hosts'),
  tmpfs: list('tmpfs'),
  'read-only': yes('read_only'),
  'shm-size': number('shm_size'),
  memory: number('mem_limit'),
  'memory-swap': number('memswap_limit'),
  'memory-reservation': number('mem_reservation'),
  'memory-swappiness': number('mem_swappiness'),
  'oom-kill-disable': yes('oom_kill_disable'),
  'oom-score-adj': number('oom_score_adj'),
  cpus: number('cpus'),
  'cpu-shares': number('cpu_shares'),
  'cpu-period': number('cpu_period'),
  'cpu-quota': number('cpu_quota'),
  'cpu-rt-period': number('cpu_rt_period'),
  'cpu-rt-runtime': number('cpu_rt_runtime'),
  'cpuset-cpus': text('cpuset'),
  'pids-limit': number('pids_limit'),
  'cgroup-parent': text('cgroup_parent'),
  device: list('devices'),
  'device-cgroup-rule': list('device_cgroup_rules'),
  privileged: yes('privileged'),
  'cap-add': list('cap_add'),
  'cap-drop': list('cap_drop'),
  'group-add': list('group_add'),
  'security-opt': list('security_opt'),
  pid: text('pid'),
  ipc: text('ipc'),
  uts: text('uts'),
  userns: text('userns_mode'),
  cgroupns: text('cgroup'),
  sysctl: list('sysctls'),
  runtime: text('runtime'),
};

/** Switches, which have no value behind them. */
export const switches: ReadonlySet<string> = new Set([
  ...Object.entries(flagKeys).flatMap(([flag, { kind }]) => (kind === 'true' ? [flag] : [])),
  ...['detach', 'init', 'no-healthcheck', 'publish-all', 'rm'],
]);
