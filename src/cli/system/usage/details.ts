import type { ContainerSummary, DiskUsage, ImageSummary } from '#api';
import { containerListing, containerRow } from '../../container/row.ts';
import { asListed, type Listing, type Row, RowFormat } from '../../format/rows.ts';
import { decimalSize } from '../../format/size.ts';
import { imageListing, imageRows } from '../../image/row.ts';
import { volumeListing, volumeRow } from '../../volume/row.ts';
import { type BuildRecord, buildRecordListing, buildRecordRow, inOrderOfUse } from './build-record.ts';
import { buildCacheSize } from './summary.ts';

/** Every object that takes room, by kind; `full` leaves ids and commands uncut. */
function detailRows(usage: DiskUsage, full: boolean) {
  return {
    Images: (usage.Images ?? []).map((image) => firstRow(image, full)),
    Containers: (usage.Containers ?? []).map((container) => ownSizeRow(container, full)),
    Volumes: (usage.Volumes ?? []).map(volumeRow),
    BuildCache: buildRecords(usage).map((record) => buildRecordRow(record, full)),
  };
}

function buildRecords({ BuildCache }: DiskUsage): BuildRecord[] {
  return inOrderOfUse((BuildCache ?? []) as readonly BuildRecord[]);
}

/** An image's room is told once, under its first name. */
function firstRow(image: ImageSummary, full: boolean): Row {
  const [row = {}] = imageRows(image, full, false);
  return { ...row, Digest: '' };
}

/** A container's size is what it has written; the image counts as its own. */
function ownSizeRow(container: ContainerSummary, full: boolean): Row {
  return { ...containerRow(container, full), Size: decimalSize(container.SizeRw ?? 0, 3) };
}

const imageColumns =
  'table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}';
const containerColumns =
  'table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}';
const volumeColumns = 'table {{.Name}}\t{{.Links}}\t{{.Size}}';
const buildColumns =
  'table {{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}';

/** One table for each kind. */
export function detailTables(usage: DiskUsage): string {
  const rows = detailRows(usage, false);
  const table = (columns: string, listing: Listing, body: readonly Row[]) =>
    new RowFormat(columns, listing).print(body);
  const cached = decimalSize(buildCacheSize(buildRecords(usage)));
  return [
    `Images space usage:\n\n${table(imageColumns, imageListing, rows.Images)}`,
    `Containers space usage:\n\n${table(containerColumns, containerListing, rows.Containers)}`,
    `Local Volumes space usage:\n\n${table(volumeColumns, volumeListing, rows.Volumes)}`,
    `Build cache usage: ${cached}\n\n${table(buildColumns, buildRecordListing, rows.BuildCache)}`,
    ...dataRootTable(usage),
  ].join('\n');
}

const entryListing: Listing = {
  typeName: '*formatter.dataRootContext',
  headers: { Name: 'NAME', Size: 'SIZE' },
};

/** Where every byte of the daemon's folder is, the largest part first; of a daemon that tells. */
function dataRootTable({ DataRoot }: DiskUsage): string[] {
  if (DataRoot === undefined) return [];
  const entries = [...DataRoot].sort((a, b) => b.Size - a.Size);
  const total = decimalSize(entries.reduce((sum, { Size }) => sum + Size, 0));
  const rows = entries.map(({ Name, Size }) => ({ Name, Size: decimalSize(Size, 3) }));
  const table = new RowFormat('table {{.Name}}\t{{.Size}}', entryListing).print(rows);
  return [`Data root usage: ${total}\n\n${table}`];
}

const wholeListing: Listing = { typeName: 'formatter.diskUsageDetails', headers: {} };

/** All kinds as one object, by a template of the user's; no line end follows. */
export function formatDetails(usage: DiskUsage, format: string): string {
  const { Images, Containers, Volumes, BuildCache } = detailRows(usage, true);
  const whole = {
    Images: Images.map((row) => asListed(row, imageListing)),
    Containers: Containers.map((row) => asListed(row, containerListing)),
    Volumes: Volumes.map((row) => asListed(row, volumeListing)),
    BuildCache: BuildCache.map((row) => asListed(row, buildRecordListing)),
  };
  return new RowFormat(format, wholeListing).print([whole]).slice(0, -1);
}
