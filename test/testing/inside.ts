import { execFileSync } from 'node:child_process';

/** What `ip` prints, with these arguments, in the network namespace of a process. */
export function ipInside(pid: number, args: string): string {
  const command = ['-t', String(pid), '-n', 'ip', ...args.split(' ')];
  return execFileSync('nsenter', command, { encoding: 'utf8' });
}

/** The IPv4 addresses that a process's network namespace has besides its loopback's. */
export function addressesInside(pid: number): string[] {
  return [...ipInside(pid, '-4 -o address').matchAll(/inet ([\d.]+)\//g)]
    .map(([, address = '']) => address)
    .filter((address) => !address.startsWith('127.'));
}

/** Where the IPv4 default route of a process's network namespace leads; undefined when there is none. */
export function gatewayInside(pid: number): string | undefined {
  return /default via (\S+)/.exec(ipInside(pid, '-4 route'))?.[1];
}
