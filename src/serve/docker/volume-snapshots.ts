import { readFlag, type VolumeSnapshot } from '#api';
import { EngineError, formatTimestamp } from '#base';
import type { VolumeSnapshot as SnapshotRecord } from '#engine/volumes';
import { sendJson, sendNothing } from './answers.ts';
import type { DockerApiParts, Handlers } from './types.ts';
import { encodeVolume } from './volumes.ts';

type VolumeSnapshotOperation =
  | 'volumeSnapshotCreate'
  | 'volumeSnapshotList'
  | 'volumeSnapshotRemove'
  | 'volumeRestore';

export function volumeSnapshotHandlers({
  volumeArchives,
}: DockerApiParts): Handlers<VolumeSnapshotOperation> {
  return {
    async volumeSnapshotCreate(call) {
      const name = call.request.query.get('name') ?? '';
      const made = await volumeArchives.snapshot(call.params.name ?? '', name, call.signal);
      sendJson(call, 201, encodeSnapshot(made));
    },
    async volumeSnapshotList(call) {
      const volume = call.request.query.get('volume');
      const found = volumeArchives.snapshots(volume === null || volume === '' ? undefined : volume);
      sendJson(call, 200, found.map(encodeSnapshot));
    },
    async volumeSnapshotRemove(call) {
      await volumeArchives.removeSnapshot(call.params.ref ?? '');
      sendNothing(call);
    },
    async volumeRestore(call) {
      const { query } = call.request;
      const snapshot = query.get('snapshot') ?? '';
      if (snapshot === '') throw new EngineError('invalid', 'no snapshot is named');
      const options = { force: readFlag(query, 'force') };
      sendJson(
        call,
        200,
        encodeVolume(await volumeArchives.restore(call.params.name ?? '', snapshot, options)),
      );
    },
  };
}

function encodeSnapshot({ id, volume, name, createdNs }: SnapshotRecord): VolumeSnapshot {
  return { ID: id, Volume: volume, Name: name, CreatedAt: formatTimestamp(createdNs) };
}
