import {
  type ApiVersion,
  type ImageConfig,
  type ImageDeleteItem,
  type ImageHistoryItem,
  type ImageInspect,
  type ImageSummary,
  sinceMinor,
} from '#api';
import { formatTimestamp } from '#base';
import type {
  ImageHistoryItem as HistoryView,
  ImageSummaryView,
  ImageView,
  RemovedItem,
} from '#engine/images';
import { encodeDescriptor, encodeManifest } from './manifest-encode.ts';

export function encodeImageSummary(view: ImageSummaryView, minor: number): ImageSummary {
  const unnamed = minor < 43 && view.tags.length === 0;
  return {
    Id: view.id,
    ParentId: '',
    RepoTags: unnamed ? ['<none>:<none>'] : view.tags,
    RepoDigests: unnamed && view.repoDigests.length === 0 ? ['<none>@<none>'] : view.repoDigests,
    Created: seconds(view.createdNs),
    Size: view.sizeBytes,
    SharedSize: view.sharedBytes ?? -1,
    ...(minor < 44 && { VirtualSize: view.sizeBytes }),
    Labels: view.labels ?? null,
    Containers: minor < 51 ? -1 : view.containers,
    LastUsed: Math.floor(view.lastUsedMs / 1000),
    ...(minor >= 48 && { Descriptor: encodeDescriptor(view.target) }),
    ...(view.manifests !== undefined && { Manifests: view.manifests.map(encodeManifest) }),
  };
}

export function encodeImageInspect(view: ImageView, version: ApiVersion): ImageInspect {
  const { config } = view;
  return {
    Id: view.id,
    RepoTags: view.tags,
    RepoDigests: view.repoDigests,
    Parent: '',
    Comment: config.comment ?? config.history.at(-1)?.comment ?? '',
    Created: config.created ?? formatTimestamp(view.createdNs),
    ...(!sinceMinor(version, 45) && { Container: '' }),
    DockerVersion: '',
    Author: config.author ?? '',
    Config: encodeConfig(view, version),
    Architecture: config.architecture,
    ...(config.variant !== undefined && { Variant: config.variant }),
    Os: config.os,
    ...(config['os.version'] !== undefined && { OsVersion: config['os.version'] }),
    Size: view.sizeBytes,
    ...(!sinceMinor(version, 44) && { VirtualSize: view.sizeBytes }),
    GraphDriver: { Name: view.driver, Data: null },
    RootFS: { Type: 'layers', Layers: config.rootfs.diff_ids },
    Metadata: {
      LastTagTime: formatTimestamp(view.lastTaggedNs),
      LastUsedTime: formatTimestamp(BigInt(view.lastUsedMs) * 1_000_000n),
    },
    ...(sinceMinor(version, 48) && { Descriptor: encodeDescriptor(view.target) }),
    ...(view.manifests !== undefined && { Manifests: view.manifests.map(encodeManifest) }),
  };
}

/** Fields of a container's configuration that an image's showed too, below API 1.50. */
const containerOnly = {
  Hostname: '',
  Domainname: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Image: '',
};

function encodeConfig({ config: { config } }: ImageView, version: ApiVersion): Partial<ImageConfig> {
  if (sinceMinor(version, 52)) return config;
  const { User = '', Env = null, Cmd = null, Volumes = null, WorkingDir = '', ...rest } = config;
  const { Entrypoint = null, OnBuild = null, Labels = null, ...others } = rest;
  const complete = { User, Env, Cmd, Volumes, WorkingDir, Entrypoint, OnBuild, Labels, ...others };
  return sinceMinor(version, 50) ? complete : { ...containerOnly, ...complete };
}

export function encodeHistory(item: HistoryView): ImageHistoryItem {
  return {
    Id: item.id ?? '<missing>',
    Created: seconds(item.createdNs),
    CreatedBy: item.createdBy,
    Tags: item.tags.length === 0 ? null : item.tags,
    Size: item.sizeBytes,
    Comment: item.comment,
  };
}

export function encodeRemoved(item: RemovedItem): ImageDeleteItem {
  return item.kind === 'untagged' ? { Untagged: item.reference } : { Deleted: item.digest };
}

function seconds(timeNs: bigint): number {
  return Number(timeNs / 1_000_000_000n);
}
