import type { ContainerStats } from '#api';
import type { Listing, Row } from '../format/rows.ts';
import { binarySize, decimalSize } from '../format/size.ts';
import { shortId } from '../format/text.ts';

export const statsListing: Listing = {
  typeName: '*container.statsContext',
  headers: {
    Container: 'CONTAINER',
    ID: 'CONTAINER ID',
    Name: 'NAME',
    CPUPerc: 'CPU %',
    MemUsage: 'MEM USAGE / LIMIT',
    MemPerc: 'MEM %',
    NetIO: 'NET I/O',
    BlockIO: 'BLOCK I/O',
    PIDs: 'PIDS',
  },
};

const unknown = '--';

/** One container's line; before its first numbers have come it shows dashes. */
export function statsRow(container: string, stats: ContainerStats | undefined, full: boolean): Row {
  if (stats === undefined) return unknownRow(container, full);
  const used = memoryUsed(stats);
  const limit = stats.memory_stats.limit ?? 0;
  const [received, sent] = networkBytes(stats);
  const [read, written] = blockBytes(stats);
  return {
    Container: container,
    ID: full ? stats.id : shortId(stats.id),
    Name: stats.name.replace(/^\//, ''),
    CPUPerc: `${cpuPercent(stats).toFixed(2)}%`,
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    MemPerc: `${(limit === 0 ? 0 : (used / limit) * 100).toFixed(2)}%`,
    NetIO: `${decimalSize(received, 3)} / ${decimalSize(sent, 3)}`,
    BlockIO: `${decimalSize(read, 3)} / ${decimalSize(written, 3)}`,
    PIDs: String(stats.pids_stats.current ?? 0),
  };
}

function unknownRow(container: string, full: boolean): Row {
  return {
    Container: container,
    ID: full ? container : shortId(container),
    Name: unknown,
    CPUPerc: unknown,
    MemUsage: `${unknown} / ${unknown}`,
    MemPerc: unknown,
    NetIO: unknown,
    BlockIO: unknown,
    PIDs: unknown,
  };
}

/** The share of one CPU since the numbers before; 200% is two CPUs. */
function cpuPercent({ cpu_stats: now, precpu_stats: before }: ContainerStats): number {
  const own = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const system = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const cpus = now.online_cpus || (now.cpu_usage.percpu_usage?.length ?? 1);
  return own > 0 && system > 0 ? (own / system) * cpus * 100 : 0;
}

/** Without the page cache that the kernel can take back at once. */
function memoryUsed({ memory_stats: memory }: ContainerStats): number {
  const usage = memory.usage ?? 0;
  const cache = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0;
  return cache < usage ? usage - cache : usage;
}

function networkBytes({ networks }: ContainerStats): [number, number] {
  const all = Object.values(networks ?? {});
  return [all.reduce((sum, one) => sum + one.rx_bytes, 0), all.reduce((sum, one) => sum + one.tx_bytes, 0)];
}

function blockBytes({ blkio_stats: blocks }: ContainerStats): [number, number] {
  const sum = (letter: string) =>
    (blocks.io_service_bytes_recursive ?? [])
      .filter((entry) => entry.op.toLowerCase().startsWith(letter))
      .reduce((total, entry) => total + entry.value, 0);
  return [sum('r'), sum('w')];
}
