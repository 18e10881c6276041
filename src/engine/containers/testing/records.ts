import { type ContainerCreateRequest, containerCreateRequest, decode } from '#api';
import { type DiffId, digestOf } from '#base';
import type { ResolvedImage } from '#engine/images';
import type { ImageConfig } from '#oci';
import { createRecord, type RecordContext } from '../record/create-record.ts';
import type { HostDefaults } from '../record/resolve-host-config.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';

/** A value of the wire as a client may write it: every field may be left out. */
export type Loose<T> = T extends readonly (infer E)[]
  ? readonly Loose<E>[]
  : T extends object
    ? { readonly [K in keyof T]?: Loose<T[K]> | undefined }
    : T;

/** A request as a client would write it; what is left out has Docker's zero value. */
export function requestOf(request: Loose<ContainerCreateRequest> = {}): ContainerCreateRequest {
  return decode(containerCreateRequest, { Image: 'boat:1', ...request });
}

export function imageOf(config: ImageConfig = { Cmd: ['/bin/sail'] }): ResolvedImage {
  const layer = digestOf('layer') as DiffId;
  return {
    id: digestOf('image'),
    reference: 'boat:1',
    layers: [layer],
    config: {
      os: 'linux',
      architecture: 'amd64',
      config,
      rootfs: { type: 'layers', diff_ids: [layer] },
      history: [],
    },
  };
}

/** What a daemon without configuration decides. */
export const defaults: HostDefaults = {
  cgroupVersion: 1,
  logType: 'json-file',
  logOptions: {},
  shmBytes: 64 * 2 ** 20,
  ulimits: [],
  ipcMode: 'private',
  cgroupnsMode: undefined,
  securityOptions: [],
};

export const recordContext: RecordContext = {
  id: 'c0ffee'.padEnd(64, '0') as ContainerId,
  name: 'argo',
  createdNs: 1n,
  defaults,
  cpuCount: 4,
  hostName: 'harbour',
  mountsOf: () => [],
  imageOf: () => {
    throw new Error('there are no images');
  },
  findSecret: (_kind, name) => ({ id: `id-of-${name}`, name }),
};

/** The record of a request for an image. */
export function recordOf(
  request: Loose<ContainerCreateRequest> = {},
  config?: ImageConfig,
  context: Partial<RecordContext> = {},
): ContainerRecord {
  return createRecord(requestOf(request), imageOf(config), { ...recordContext, ...context });
}
