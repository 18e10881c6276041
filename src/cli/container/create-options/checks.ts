import { ipVersion } from '../../ip-version.ts';

/**
 * Checks of single flag values. Each returns the value as it goes to the daemon.
 * @throws Error whose message ends the usage error, in the stock client's words
 */
type Check = (value: string) => string;

export const checkStream: Check = (value) => {
  const stream = value.toLowerCase();
  if (!['stdin', 'stdout', 'stderr'].includes(stream)) {
    throw new Error('valid streams are STDIN, STDOUT and STDERR');
  }
  return stream;
};

export const checkEnv: Check = (value) => {
  if (value === '' || value.startsWith('=')) throw new Error(`invalid environment variable: ${value}`);
  return value;
};

export const checkLabel: Check = (value) => {
  if (value.split('=')[0] === '') throw new Error(`invalid label '${value}': empty name`);
  return value;
};

export const checkIpAddress: Check = (value) => {
  const address = value.trim();
  if (ipVersion(address) === 0) throw new Error(`IP address is not correctly formatted: ${address}`);
  return address;
};

/** A single dot turns the search off. */
export const checkDnsSearch: Check = (value) => {
  const domain = value.trim();
  if (domain === '.') return domain;
  if (
    /^(:?(:?[a-zA-Z0-9]|(:?[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))(:?\.(:?[a-zA-Z0-9]|(:?[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])))*)\.?\s*$/.test(
      domain,
    )
  )
    return domain;
  throw new Error(`${value} is not a valid domain`);
};

export const checkAddHost: Check = (value) => {
  const match = /^([^:=]+)[:=](.*)$/.exec(value);
  if (match === null) throw new Error(`bad format for add-host: ${JSON.stringify(value)}`);
  const [, host = '', text = ''] = match;
  if (text === 'host-gateway') return `${host}:${text}`;
  const address = text.replace(/^\[(.*)\]$/, '$1');
  if (ipVersion(address) === 0) throw new Error(`invalid IP address in add-host: ${JSON.stringify(text)}`);
  return `${host}:${address}`;
};

export const checkLink: Check = (value) => {
  const parts = value.split(':');
  if (value === '') throw new Error('empty string specified for links');
  if (parts.length > 2) throw new Error(`bad format for links: ${value}`);
  return value;
};

export const checkDeviceRule: Check = (value) => {
  if (!/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(value))
    throw new Error(`invalid device cgroup format '${value}'`);
  return value;
};

const namespacedSysctls = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
]);

export const checkSysctl: Check = (value) => {
  const [name = '', content] = value.split('=');
  const allowed = namespacedSysctls.has(name) || name.startsWith('net.') || name.startsWith('fs.mqueue.');
  if (content === undefined || !allowed) throw new Error(`sysctl '${value}' is not allowed`);
  return value;
};
