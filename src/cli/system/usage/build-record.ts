import { humanDuration } from '#base';
import type { Listing, Row } from '../../format/rows.ts';
import { decimalSize } from '../../format/size.ts';
import { goTime } from '../../format/text.ts';

/** One entry of the build cache as `GET /system/df` tells it. */
export interface BuildRecord {
  readonly ID: string;
  readonly Parent?: string;
  readonly Type: string;
  readonly Description: string;
  readonly InUse: boolean;
  readonly Shared: boolean;
  readonly Size: number;
  readonly CreatedAt: string;
  readonly LastUsedAt: string | null;
  readonly UsageCount: number;
}

export const buildRecordListing: Listing = {
  typeName: '*formatter.buildCacheContext',
  headers: {
    ID: 'CACHE ID',
    Parent: 'PARENT',
    CacheType: 'CACHE TYPE',
    Size: 'SIZE',
    CreatedSince: 'CREATED',
    LastUsedSince: 'LAST USED',
    UsageCount: 'USAGE',
    Shared: 'SHARED',
    Description: 'DESCRIPTION',
    InUse: 'IN USE',
  },
};

const shortLength = 12;

/** An entry's fields; `full` leaves its id uncut. One in use has a star. */
export function buildRecordRow(record: BuildRecord, full: boolean): Row {
  const id = full ? record.ID : record.ID.slice(0, shortLength);
  return {
    ID: record.InUse ? `${id}*` : id,
    Parent: record.Parent ?? '',
    CacheType: record.Type,
    Description: record.Description,
    InUse: String(record.InUse),
    Shared: String(record.Shared),
    Size: decimalSize(record.Size, 3),
    CreatedAt: () => goTime(record.CreatedAt),
    CreatedSince: () => since(record.CreatedAt),
    LastUsedAt: () => (record.LastUsedAt === null ? '' : goTime(record.LastUsedAt)),
    LastUsedSince: () => (record.LastUsedAt === null ? '' : since(record.LastUsedAt)),
    UsageCount: String(record.UsageCount),
  };
}

/** What has not been used for the longest time comes first. */
export function inOrderOfUse(records: readonly BuildRecord[]): BuildRecord[] {
  return [...records].sort((a, b) => lastUse(a) - lastUse(b) || (a.ID < b.ID ? -1 : Number(a.ID > b.ID)));
}

function lastUse({ LastUsedAt }: BuildRecord): number {
  return LastUsedAt ? Date.parse(LastUsedAt) : 0;
}

function since(time: string): string {
  return `${humanDuration(Date.now() - Date.parse(time))} ago`;
}
