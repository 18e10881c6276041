import {
  decodeFilters,
  readFlag,
  sinceMinor,
  type Volume,
  type VolumeListResponse,
  type VolumePruneResponse,
  volumeCreateRequest,
} from '#api';
import { formatTimestamp } from '#base';
import type { VolumeRecord } from '#engine/volumes';
import { readJson, sendJson, sendNothing } from './answers.ts';
import type { DockerApiParts, Handlers } from './types.ts';

type VolumeOperation = 'volumeList' | 'volumeCreate' | 'volumeInspect' | 'volumeRemove' | 'volumePrune';

export function volumeHandlers({ volumes }: DockerApiParts): Handlers<VolumeOperation> {
  return {
    async volumeList(call) {
      const listed = await volumes.list(decodeFilters(call.request.query));
      const answer: VolumeListResponse = {
        Volumes: listed.volumes.map(encodeVolume),
        Warnings: listed.warnings.length === 0 ? null : listed.warnings,
      };
      sendJson(call, 200, answer);
    },
    async volumeCreate(call) {
      const { Name, Driver, DriverOpts, Labels } = await readJson(call, volumeCreateRequest);
      const record = await volumes.create({
        ...(Name !== '' && { name: Name }),
        ...(Driver !== '' && { driver: Driver }),
        options: DriverOpts ?? {},
        labels: Labels ?? {},
      });
      sendJson(call, 201, encodeVolume(record));
    },
    async volumeInspect(call) {
      sendJson(call, 200, encodeVolume(await volumes.inspect(call.params.name ?? '')));
    },
    async volumeRemove(call) {
      await volumes.remove(call.params.name ?? '', { force: readFlag(call.request.query, 'force') });
      sendNothing(call);
    },
    async volumePrune(call) {
      const asked = decodeFilters(call.request.query);
      // Before 1.42 named volumes were pruned without being asked for.
      const filter = sinceMinor(call.version, 42) ? asked : { ...asked, all: ['true'] };
      const { removed, reclaimedBytes } = await volumes.prune(filter);
      const answer: VolumePruneResponse = { VolumesDeleted: removed, SpaceReclaimed: reclaimedBytes };
      sendJson(call, 200, answer);
    },
  };
}

export function encodeVolume(record: VolumeRecord): Volume {
  return {
    ...(record.createdNs !== undefined && { CreatedAt: formatTimestamp(record.createdNs) }),
    Driver: record.driver,
    Labels: orNull(record.labels),
    Mountpoint: record.mountpoint,
    Name: record.name,
    Options: orNull(record.options),
    Scope: record.scope,
    ...(record.status !== undefined && { Status: record.status }),
  };
}

function orNull(entries: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(entries).length === 0 ? null : entries;
}
