import type { ApiVersion, ContainerSummary, DiskUsage, ImageSummary, Volume } from '#api';
import { EngineError } from '#base';
import type { ImageSummaryView } from '#engine/images';
import { encodeCachedStep } from './build/cached-step.ts';
import { encodeContainerSummary } from './container-summary.ts';
import { encodeImageSummary } from './image-encode.ts';
import type { DockerApiParts } from './types.ts';
import { encodeVolume } from './volumes.ts';

const objectTypes = ['container', 'image', 'volume', 'build-cache'] as const;
type ObjectType = (typeof objectTypes)[number];

/** What is to be measured; everything when the query does not say. @throws EngineError invalid */
export function decodeObjectTypes(query: URLSearchParams): readonly ObjectType[] {
  const names = query.getAll('type');
  const unknown = names.find((name) => !objectTypes.some((type) => type === name));
  if (unknown !== undefined) throw new EngineError('invalid', `unknown object type: ${unknown}`);
  return names.length === 0 ? objectTypes : objectTypes.filter((type) => names.includes(type));
}

/** The answer of `GET /system/df` below API 1.52; what was not asked for is null. */
export async function measureDisk(
  parts: DockerApiParts,
  types: readonly ObjectType[],
  { minor }: ApiVersion,
): Promise<DiskUsage> {
  const { builder, containers, images } = parts;
  const wants = (type: ObjectType) => types.includes(type);
  const rows = wants('container') ? await containers.list({ all: true, sizes: true }) : undefined;
  return {
    LayersSize: wants('image') ? await images.diskBytes() : 0,
    Images: wants('image')
      ? images.list({ sharedSize: true, all: true }).map((view) => encodeUsedImage(view, minor))
      : null,
    Containers: rows?.map((row): ContainerSummary => encodeContainerSummary(row, minor)) ?? null,
    Volumes: wants('volume') ? await measureVolumes(parts) : null,
    ...(wants('volume') && (await measureSnapshots(parts))),
    BuildCache: wants('build-cache') ? builder.cachedSteps().map(encodeCachedStep) : null,
  };
}

/** Whatever the engine keeps, by its place in the data root. */
export async function measureDataRoot({ system }: DockerApiParts): Promise<DiskUsage['DataRoot']> {
  const entries = await system.measureDataRoot();
  return entries.map(({ name, diskBytes }) => ({ Name: name, Size: diskBytes }));
}

/** Here the number of containers is told at every version: the client finds the images in use by it. */
function encodeUsedImage(view: ImageSummaryView, minor: number): ImageSummary {
  return { ...encodeImageSummary(view, minor), Containers: view.containers };
}

async function measureSnapshots({
  volumeArchives,
}: DockerApiParts): Promise<Pick<DiskUsage, 'VolumeSnapshots'>> {
  const Count = volumeArchives.snapshots().length;
  return Count === 0 ? {} : { VolumeSnapshots: { Count, Size: await volumeArchives.snapshotUsage() } };
}

async function measureVolumes({ volumes }: DockerApiParts): Promise<Volume[]> {
  const measured: Volume[] = [];
  for (const record of (await volumes.list()).volumes) {
    if (record.driver !== 'local') continue;
    const usage = { Size: await volumes.usage(record.name), RefCount: record.users.length };
    measured.push({ ...encodeVolume(record), UsageData: usage });
  }
  return measured;
}
