import { readFileSync, writeFileSync } from 'node:fs';

/** The value of a kernel parameter, named by path or with dots: `net/ipv4/ip_forward`. */
export function readSysctl(key: string): string {
  return readFileSync(sysctlPath(key), 'utf8').trim();
}

/** Sets a kernel parameter, unless it already has the value. */
export function writeSysctl(key: string, value: string): void {
  if (readSysctl(key) !== value) writeFileSync(sysctlPath(key), value);
}

/** Dots divide, unless the key holds a slash: then they belong to a name (`net/ipv4/conf/eth0.1/forwarding`). */
export function sysctlPath(key: string): string {
  return `/proc/sys/${key.includes('/') ? key : key.replaceAll('.', '/')}`;
}
