import type { DiskUsage } from '#api';
import type { Listing, Row } from '../../format/rows.ts';
import { decimalSize } from '../../format/size.ts';
import type { BuildRecord } from './build-record.ts';

export const summaryListing: Listing = {
  typeName: '*formatter.diskUsageContext',
  headers: {
    Type: 'TYPE',
    TotalCount: 'TOTAL',
    Active: 'ACTIVE',
    Size: 'SIZE',
    Reclaimable: 'RECLAIMABLE',
  },
};

/** How much there is of one kind, and how much of it could go. Sizes in bytes. */
interface Share {
  readonly count: number;
  readonly active: number;
  readonly size: number;
  readonly reclaimable: number;
}

/** One line for each kind of object that takes room. */
export function summaryRows(usage: DiskUsage): Row[] {
  return [
    withPercentage('Images', imageShare(usage)),
    withPercentage('Containers', containerShare(usage)),
    withPercentage('Local Volumes', volumeShare(usage)),
    ...snapshotRows(usage),
    summaryRow('Build Cache', buildShare(usage)),
  ];
}

/** Of an engine that keeps some. */
function snapshotRows({ VolumeSnapshots }: DiskUsage): Row[] {
  if (VolumeSnapshots === undefined) return [];
  const { Count: count, Size: size } = VolumeSnapshots;
  return [withPercentage('Volume Snapshots', { count, active: 0, size, reclaimable: size })];
}

function withPercentage(type: string, share: Share): Row {
  const row = summaryRow(type, share);
  if (share.size <= 0) return row;
  const percentage = Math.trunc((share.reclaimable * 100) / share.size);
  return { ...row, Reclaimable: `${row.Reclaimable} (${percentage}%)` };
}

function summaryRow(type: string, { count, active, size, reclaimable }: Share): Row {
  return {
    Type: type,
    TotalCount: String(count),
    Active: String(active),
    Size: decimalSize(size),
    Reclaimable: decimalSize(reclaimable),
  };
}

/** Layers that images share count once, as part of the total only. */
function imageShare({ Images, LayersSize: size }: DiskUsage): Share {
  const images = Images ?? [];
  const active = images.filter((image) => image.Containers > 0);
  const known = images.filter((image) => image.Containers !== 0 && image.SharedSize !== -1);
  const used = sum(known.map((image) => image.Size - image.SharedSize));
  return { count: images.length, active: active.length, size, reclaimable: size - used };
}

const activeStates = ['running', 'paused', 'restarting'];

function containerShare({ Containers }: DiskUsage): Share {
  const containers = Containers ?? [];
  const sizeOf = (list: typeof containers) => sum(list.map((container) => container.SizeRw ?? 0));
  const idle = containers.filter((container) => !activeStates.includes(container.State));
  return {
    count: containers.length,
    active: containers.length - idle.length,
    size: sizeOf(containers),
    reclaimable: sizeOf(idle),
  };
}

/** A size of -1 is one that nobody knows. */
function volumeShare({ Volumes }: DiskUsage): Share {
  const uses = (Volumes ?? []).flatMap((volume) => volume.UsageData ?? []);
  const sizeOf = (list: typeof uses) => sum(list.map((use) => Math.max(0, use.Size)));
  return {
    count: (Volumes ?? []).length,
    active: uses.filter((use) => use.RefCount > 0).length,
    size: sizeOf(uses),
    reclaimable: sizeOf(uses.filter((use) => use.RefCount === 0)),
  };
}

function buildShare({ BuildCache }: DiskUsage): Share {
  const records = (BuildCache ?? []) as readonly BuildRecord[];
  const size = buildCacheSize(records);
  const inUse = records.filter((record) => record.InUse);
  return {
    count: records.length,
    active: inUse.length,
    size,
    reclaimable: size - buildCacheSize(inUse),
  };
}

/** The bytes of records that nothing else holds too. */
export function buildCacheSize(records: readonly BuildRecord[]): number {
  return sum(records.filter((record) => !record.Shared).map((record) => record.Size));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
