import { EngineError } from '#base';
import type { BlockIoResources, CpuResources, LinuxResources, MemoryResources, ThrottleDevice } from '#oci';
import { type CgroupFile, fileFor } from './cgroup-files.ts';
import { pidsLimit } from './resources-v1.ts';

/** The files of a cgroup v2 directory that hold a container's limits; devices are a program, not a file. */
export function unifiedResourceFiles(resources: LinuxResources): readonly CgroupFile[] {
  return [
    ...memoryFiles(resources.memory ?? {}),
    ...cpuFiles(resources.cpu ?? {}),
    ...fileFor('pids', 'pids.max', resources.pids && pidsLimit(resources.pids.limit)),
    ...blockIoFiles(resources.blockIO ?? {}),
    ...Object.entries(resources.unified ?? {}).flatMap(([file, value]) => unifiedFile(file, value)),
  ];
}

/**
 * cgroup v1's cpu.shares (2 to 262144, usually 1024) as cgroup v2's cpu.weight (1 to 10000, usually 100): a
 * curve through the three pairs of minimum, default and maximum.
 */
export function cpuWeight(shares: number): number {
  if (shares <= 2) return 1;
  if (shares >= 262_144) return 10_000;
  const doublings = Math.log2(shares);
  return Math.ceil(10 ** ((doublings * doublings + 125 * doublings) / 612 - 7 / 34));
}

function memoryFiles(memory: MemoryResources): readonly CgroupFile[] {
  const bytes = (value: number | undefined) => (value === -1 ? 'max' : value || undefined);
  return [
    ...fileFor('memory', 'memory.max', bytes(memory.limit)),
    ...fileFor('memory', 'memory.swap.max', swapLimit(memory)),
    ...fileFor('memory', 'memory.low', bytes(memory.reservation)),
  ];
}

/** The runtime specification counts swap together with memory, cgroup v2 counts it alone. */
function swapLimit({ swap, limit }: MemoryResources): number | 'max' | undefined {
  if (swap === undefined || swap === 0) return undefined;
  if (swap === -1) return 'max';
  if (limit === undefined || limit <= 0) {
    throw new EngineError('invalid', 'unable to set swap limit without memory limit');
  }
  if (swap < limit) throw new EngineError('invalid', 'memory+swap limit should be >= memory limit');
  return swap - limit;
}

function cpuFiles(cpu: CpuResources): readonly CgroupFile[] {
  const { quota, period } = cpu;
  const bandwidth =
    quota || period ? `${quota && quota > 0 ? quota : 'max'} ${period || 100_000}` : undefined;
  return [
    ...fileFor('cpu', 'cpu.idle', cpu.idle),
    ...fileFor('cpu', 'cpu.weight', cpu.shares && cpuWeight(cpu.shares)),
    ...fileFor('cpu', 'cpu.max', bandwidth),
    ...fileFor('cpu', 'cpu.max.burst', cpu.burst),
    ...fileFor('cpuset', 'cpuset.cpus', cpu.cpus),
    ...fileFor('cpuset', 'cpuset.mems', cpu.mems),
  ];
}

function blockIoFiles(blockIo: BlockIoResources): readonly CgroupFile[] {
  const throttle = (key: string, devices: readonly ThrottleDevice[] = []) =>
    devices.flatMap(({ major, minor, rate }) => fileFor('io', 'io.max', `${major}:${minor} ${key}=${rate}`));
  const weight = blockIo.weight && `default ${ioWeight(blockIo.weight)}`;
  return [
    ...fileFor('io', 'io.weight', weight || undefined),
    ...(blockIo.weightDevice ?? []).flatMap((device) =>
      fileFor(
        'io',
        'io.weight',
        device.weight && `${device.major}:${device.minor} ${ioWeight(device.weight)}`,
      ),
    ),
    ...throttle('rbps', blockIo.throttleReadBpsDevice),
    ...throttle('wbps', blockIo.throttleWriteBpsDevice),
    ...throttle('riops', blockIo.throttleReadIOPSDevice),
    ...throttle('wiops', blockIo.throttleWriteIOPSDevice),
  ];
}

/** cgroup v1's 10 to 1000 as cgroup v2's 1 to 10000. */
function ioWeight(weight: number): number {
  return 1 + Math.floor(((weight - 10) * 9999) / 990);
}

function unifiedFile(file: string, value: string): readonly CgroupFile[] {
  const controller = file.split('.', 1)[0] ?? '';
  if (file.includes('/') || controller === '')
    throw new EngineError('invalid', `"${file}" is no cgroup file`);
  return [{ controller, file, value }];
}
