import { EngineError } from '#base';
import type { EndpointState } from '../types.ts';

const nameOption = 'com.docker.network.endpoint.ifname';
const sysctlsOption = 'com.docker.network.endpoint.sysctls';

type DriverOptions = EndpointState['driverOptions'];

/**
 * What an endpoint's device is called in its container: as wished, else the prefix with the lowest free number.
 * @throws EngineError, in Docker's words, for a name that can't be or is taken
 */
export function nameDevice(
  options: DriverOptions,
  { prefix, hostDevice }: { readonly prefix: string; readonly hostDevice: string },
  taken: ReadonlySet<string>,
): string {
  const wish = options[nameOption];
  if (wish === undefined) return firstFree((number) => `${prefix}${number}`, taken);
  const problem = taken.has(wish) || wish === 'lo' ? 'file exists' : problemOf(wish);
  if (problem === undefined) return wish;
  throw new EngineError(
    'internal',
    `failed to add interface ${hostDevice} to sandbox: error renaming interface "${hostDevice}" to "${wish}": ${problem}`,
  );
}

/** The first name, counted from 0, that is not taken. */
function firstFree(name: (number: number) => string, taken: ReadonlySet<string>): string {
  let number = 0;
  while (taken.has(name(number))) number++;
  return name(number);
}

/** What the kernel says of a name that no device can have. */
function problemOf(name: string): string | undefined {
  const longest = 15;
  if (name.length > longest) return 'numerical result out of range';
  // The last two stand for all devices where the kernel lists their parameters.
  const others = ['', '.', '..', 'all', 'default'];
  return others.includes(name) || /[\s/:%]/.test(name) ? 'invalid argument' : undefined;
}

/** The stock client writes `ifname` where its user wrote `IFNAME`. */
const sysctlPattern = /^(net\.(?:ipv4|ipv6|mpls)\.[a-z]+)\.(?:IFNAME|ifname)\.([a-z0-9_]+)=(.*)$/;

function sysctlEntries(options: DriverOptions): string[] {
  return (options[sysctlsOption] ?? '').split(',').filter((entry) => entry !== '');
}

/** What is wrong with the kernel parameters that are wished for a device, in Docker's words. */
export function sysctlProblems(options: DriverOptions): string[] {
  return sysctlEntries(options)
    .filter((entry) => !sysctlPattern.test(entry))
    .map(
      (entry) =>
        `unrecognised network interface sysctl '${entry}'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'`,
    );
}

/** The kernel parameters of an endpoint's device, by path: `net/ipv4/conf/eth0/log_martians`. */
export function sysctlsOf({
  driverOptions,
  device,
}: Pick<EndpointState, 'driverOptions' | 'device'>): Record<string, string> {
  const parameters = sysctlEntries(driverOptions).flatMap((entry) => {
    const [, start = '', key = '', value = ''] = sysctlPattern.exec(entry) ?? [];
    return start === '' ? [] : [[`${start.replaceAll('.', '/')}/${device}/${key}`, value] as const];
  });
  return Object.fromEntries(parameters);
}
