import { type ChainId, chainIdOf, type Digest, parseTimestamp } from '#base';
import type { ImageConfigFile } from '#oci';
import type { ImageRecord, NameRecord } from './image-records.ts';
import { familiarText } from './names.ts';
import type { ImageView } from './views.ts';

/** What an image's own record and names say of it. */
export function viewImage(
  record: ImageRecord,
  names: readonly NameRecord[],
): Omit<ImageView, 'driver' | 'target' | 'manifests'> {
  return {
    id: record.id,
    ...splitNames(namesMeaning(record.id, names)),
    createdNs: createdNs(record.config),
    lastTaggedNs: latestOf(names),
    sizeBytes: record.sizeBytes,
    lastUsedMs: record.usedMs,
    config: record.config,
  };
}

function latestOf(names: readonly NameRecord[]): bigint {
  let latest = 0n;
  for (const { taggedNs } of names) if (taggedNs > latest) latest = taggedNs;
  return latest;
}

/** Names as lists show them. */
export function splitNames(names: readonly NameRecord[]): { tags: string[]; repoDigests: string[] } {
  const textsOf = (kind: NameRecord['kind']) => names.filter((name) => name.kind === kind).map(familiarText);
  return { tags: textsOf('tag'), repoDigests: textsOf('digest') };
}

/** When the image was made; zero when its config does not say so, or says nonsense. */
export function createdNs(config: Pick<ImageConfigFile, 'created'>): bigint {
  if (config.created === undefined) return 0n;
  try {
    return parseTimestamp(config.created);
  } catch {
    return 0n;
  }
}

/** Names of an image's layer stacks from bottom to top. */
export function chainIds(record: ImageRecord): ChainId[] {
  const diffIds = record.config.rootfs.diff_ids;
  return diffIds.flatMap((_, index) => chainIdOf(diffIds.slice(0, index + 1)) ?? []);
}

/** Names by the images that they lead to. */
export function groupNames(names: readonly NameRecord[]): ReadonlyMap<Digest, NameRecord[]> {
  const grouped = new Map<Digest, NameRecord[]>();
  for (const name of names) {
    for (const id of name.images) grouped.set(id, [...(grouped.get(id) ?? []), name]);
  }
  return grouped;
}

/** The names that mean the image where no platform is asked for. */
export function namesMeaning(id: Digest, names: readonly NameRecord[]): NameRecord[] {
  return names.filter(({ images: [meant] }) => meant === id);
}
