import type { Script } from './fake-daemon.ts';

const id = (digit: string) => digit.repeat(64);
const dayMs = 86_400_000;
const before = (days: number) => new Date(Date.now() - days * dayMs);

const buildRecord = {
  ID: 'u1v2w3x4y5z6u1v2w3x4y5z6',
  Type: 'regular',
  Description: 'mount / from exec /bin/sh -c make',
  InUse: false,
  Shared: false,
  Size: 2_345_678,
  CreatedAt: before(3).toISOString(),
  LastUsedAt: before(2).toISOString(),
  UsageCount: 4,
};

const usage = {
  LayersSize: 55_000_000,
  Images: [
    {
      Id: `sha256:${id('b')}`,
      ParentId: '',
      RepoTags: ['web:latest', 'web:2'],
      RepoDigests: [`web@sha256:${id('9')}`],
      Created: Math.floor(before(3).getTime() / 1000),
      Size: 40_000_000,
      SharedSize: 10_000_000,
      Labels: null,
      Containers: 1,
    },
    {
      Id: `sha256:${id('e')}`,
      ParentId: '',
      RepoTags: null,
      RepoDigests: [],
      Created: Math.floor(before(400).getTime() / 1000),
      Size: 25_000_000,
      SharedSize: 10_000_000,
      Labels: null,
      Containers: 0,
    },
  ],
  Containers: ['running', 'exited'].map((state, position) => ({
    Id: id(String(position + 1)),
    Names: [`/c${position}`],
    Image: 'web',
    ImageID: `sha256:${id('b')}`,
    Command: 'serve -g and more words than fit',
    Created: Math.floor(before(2).getTime() / 1000),
    Ports: [],
    SizeRw: 1_234_567,
    SizeRootFs: 41_234_567,
    Labels: {},
    State: state,
    Status: 'Up 5 minutes',
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Networks: {} },
    Mounts: position === 0 ? [{ Type: 'volume', Name: 'v', Driver: 'local' }] : [],
  })),
  Volumes: [volumeOf('v', 1, 7_000_000), volumeOf('unused', 0, 500)],
  BuildCache: [
    buildRecord,
    { ...buildRecord, ID: 'a1a1a1a1a1a1a1', InUse: true, Type: 'source.local', LastUsedAt: null },
    { ...buildRecord, ID: 'b1b1b1b1b1b1b1', Shared: true, Parent: 'a1a1a1a1a1a1a1' },
  ],
};

function volumeOf(name: string, references: number, size: number) {
  return {
    Name: name,
    Driver: 'local',
    Mountpoint: `/volumes/${name}`,
    CreatedAt: '2025-01-01T00:00:00Z',
    Labels: null,
    Scope: 'local',
    Options: null,
    UsageData: { RefCount: references, Size: size },
  };
}

/** The daemon as a whole: what it uses, and what it gives back. */
export const systemScript: Script = {
  'GET /system/df': { body: usage },
  'POST /images/prune': {
    body: {
      ImagesDeleted: [{ Untagged: 'web:latest' }, { Deleted: `sha256:${id('b')}` }],
      SpaceReclaimed: 40_000_000,
    },
  },
  'POST /networks/prune': { body: { NetworksDeleted: ['front'] } },
  'POST /volumes/prune': { body: { VolumesDeleted: ['unused'], SpaceReclaimed: 500 } },
  'POST /build/prune': { body: { CachesDeleted: ['u1v2w3x4y5z6u1v2w3x4y5z6'], SpaceReclaimed: 2_345_678 } },
};
