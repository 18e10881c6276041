/** One setting of the daemon: its flag, and its key in the configuration file. */
export interface OptionSpec {
  /** Without dashes. */
  readonly flag: string;
  readonly short?: string;
  /** Key in the file; absent: only a flag. */
  readonly key?: string;
  /** `list` may be given several times; `pairs` too, as `name=value`. */
  readonly type: 'text' | 'flag' | 'list' | 'pairs';
  readonly help: string;
}

/** Everything that can be set, in the order that the help shows. */
export const optionSpecs = {
  bip: { flag: 'bip', key: 'bip', type: 'text', help: 'Address and subnet of the default bridge' },
  bridge: { flag: 'bridge', short: 'b', key: 'bridge', type: 'text', help: 'Device of the default bridge' },
  cgroupParent: {
    flag: 'cgroup-parent',
    key: 'cgroup-parent',
    type: 'text',
    help: 'Parent cgroup of containers',
  },
  configFile: { flag: 'config-file', type: 'text', help: 'Configuration file of the daemon' },
  dataRoot: { flag: 'data-root', key: 'data-root', type: 'text', help: 'Directory of everything that lasts' },
  debug: { flag: 'debug', short: 'D', key: 'debug', type: 'flag', help: 'Enable debug mode' },
  shmSize: {
    flag: 'default-shm-size',
    key: 'default-shm-size',
    type: 'text',
    help: 'Default size of /dev/shm',
  },
  dns: { flag: 'dns', key: 'dns', type: 'list', help: 'DNS server of containers' },
  dnsOptions: { flag: 'dns-opt', key: 'dns-opts', type: 'list', help: 'DNS option of containers' },
  dnsSearch: { flag: 'dns-search', key: 'dns-search', type: 'list', help: 'DNS search domain of containers' },
  execRoot: { flag: 'exec-root', key: 'exec-root', type: 'text', help: 'Directory of everything that runs' },
  group: { flag: 'group', short: 'G', key: 'group', type: 'text', help: 'Group of the unix socket' },
  help: { flag: 'help', type: 'flag', help: 'Print usage' },
  hosts: {
    flag: 'host',
    short: 'H',
    key: 'hosts',
    type: 'list',
    help: 'Socket to serve at: unix:// or tcp://',
  },
  insecureRegistries: {
    flag: 'insecure-registry',
    key: 'insecure-registries',
    type: 'list',
    help: 'Registry without TLS, as host or CIDR',
  },
  labels: { flag: 'label', key: 'labels', type: 'list', help: 'Label of the daemon, name=value' },
  logDriver: {
    flag: 'log-driver',
    key: 'log-driver',
    type: 'text',
    help: 'Default log driver of containers',
  },
  logLevel: {
    flag: 'log-level',
    short: 'l',
    key: 'log-level',
    type: 'text',
    help: 'debug, info, warn, error or fatal',
  },
  logOptions: { flag: 'log-opt', key: 'log-opts', type: 'pairs', help: 'Default log option of containers' },
  pidfile: { flag: 'pidfile', short: 'p', key: 'pidfile', type: 'text', help: "File of the daemon's pid" },
  registryMirrors: {
    flag: 'registry-mirror',
    key: 'registry-mirrors',
    type: 'list',
    help: 'Mirror of the default registry',
  },
  storageDriver: {
    flag: 'storage-driver',
    short: 's',
    key: 'storage-driver',
    type: 'text',
    help: 'erofs or unpack',
  },
  validate: { flag: 'validate', type: 'flag', help: 'Check the configuration and exit' },
  version: { flag: 'version', short: 'v', type: 'flag', help: 'Print the version and exit' },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof optionSpecs;
export const optionNames = Object.keys(optionSpecs) as OptionName[];

interface ValueByType {
  readonly text: string;
  readonly flag: boolean;
  readonly list: readonly string[];
  readonly pairs: Readonly<Record<string, string>>;
}
export type OptionValue = ValueByType[keyof ValueByType];

/** Settings from one source: only what it names is there. */
export type Options = { readonly [K in OptionName]?: ValueByType[(typeof optionSpecs)[K]['type']] };
