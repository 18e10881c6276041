import type { Descriptor } from '#oci';
import type { ImageRoom } from './room.ts';
import type { ManifestSummary } from './views.ts';

/** The manifests that a target leads to, with what their images take and who uses them. */
export function summariseManifests(
  { records, usersOf }: Pick<ImageRoom, 'records' | 'usersOf'>,
  target: Descriptor,
): ManifestSummary[] {
  return records.manifestsOf(target).map((view) => ({
    ...view,
    unpackedBytes: (view.imageId && records.get(view.imageId)?.sizeBytes) ?? 0,
    containers: view.imageId === undefined ? [] : usersOf(view.imageId).map(({ id }) => id),
  }));
}
