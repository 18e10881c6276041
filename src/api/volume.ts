import { map, struct, text } from './schema.ts';

/** The body of `POST /volumes/create`. */
export const volumeCreateRequest = struct('CreateOptions', {
  Name: text,
  Driver: text,
  DriverOpts: map(text),
  Labels: map(text),
});

/** The body of `POST /volumes/{name}/clone`, which is ours: what the new volume is to be. */
export const volumeCloneRequest = volumeCreateRequest;

export interface Volume {
  /** Absent when its driver does not tell. */
  readonly CreatedAt?: string;
  readonly Driver: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Scope: 'local' | 'global';
  readonly Status?: Readonly<Record<string, unknown>>;
  /** Only in answers to `GET /system/df`. */
  readonly UsageData?: { readonly Size: number; readonly RefCount: number };
}

/** Ours: the content of a volume as it was at one moment. */
export interface VolumeSnapshot {
  readonly ID: string;
  readonly Volume: string;
  readonly Name: string;
  readonly CreatedAt: string;
}

export interface VolumeListResponse {
  readonly Volumes: readonly Volume[];
  readonly Warnings: readonly string[] | null;
}

export interface VolumePruneResponse {
  readonly VolumesDeleted: readonly string[] | null;
  readonly SpaceReclaimed: number;
}
