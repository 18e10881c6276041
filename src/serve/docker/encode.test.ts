import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ApiVersion,
  type ContainerInspect,
  containerConfig,
  containerCreateRequest,
  decode,
  hostConfig,
  type LegacyNetworkSettings,
} from '#api';
import { type DiffId, type Digest, digestOf } from '#base';
import type { ContainerId, ContainerRecord, ContainerView } from '#engine/containers';
import type { EndpointState } from '#engine/networks';
import { mediaTypes } from '#oci';
import { encodeContainerInspect } from './container-inspect.ts';
import { commandText, encodeContainerSummary } from './container-summary.ts';
import { encodeImageInspect, encodeImageSummary } from './image-encode.ts';
import { formatSize, progressBar } from './image-progress.ts';
import { encodeManifest } from './manifest-encode.ts';
import { encodeInfo } from './system-info.ts';
import { fakeParts } from './testing/fake-parts.ts';

const minor = (value: number): ApiVersion => ({ major: 1, minor: value });
const id = 'ab12'.repeat(16) as ContainerId;
const imageId = `sha256:${'c'.repeat(64)}` as Digest;

const endpoint: EndpointState = {
  networkId: 'net1',
  endpointId: 'end1',
  ipv4: { address: '172.17.0.2', prefixLength: 16, gateway: '172.17.0.1' },
  ipv6: undefined,
  macAddress: '02:42:ac:11:00:02',
  linkLocal: [],
  device: 'eth0',
  index: 16,
  hostDevice: 'veth0',
  aliases: [],
  gatewayPriority: 0,
  driverOptions: {},
};

const record: ContainerRecord = {
  id,
  name: 'boat',
  createdNs: 1_700_000_000_500_000_000n,
  request: decode(containerCreateRequest, {
    NetworkingConfig: { EndpointsConfig: { shop: { Aliases: ['web'] } } },
  }),
  image: { id: imageId, reference: 'busybox', layers: [] },
  config: decode(containerConfig, { Image: 'busybox' }),
  hostConfig: decode(hostConfig, { NetworkMode: 'bridge', Annotations: { a: 'b' } }),
  argv: ['sh', '-c', 'echo hi'],
  mounts: [
    {
      type: 'volume',
      name: 'v',
      anonymous: false,
      driver: 'local',
      source: '/volumes/v/_data',
      destination: '/data',
      mode: 'z',
      writable: true,
      propagation: '',
      recursive: true,
      writableBelow: false,
      copyUp: true,
      subpath: '',
      createSource: false,
      options: [],
    },
  ],
  sandbox: undefined,
  restartCount: 0,
  stopRequested: false,
  restartRequested: false,
  state: {
    status: 'paused',
    pid: 42,
    run: { startedNs: 1_700_000_001_000_000_000n, finishedNs: 0n, exitCode: 0, oomKilled: false, error: '' },
  },
};

const view: ContainerView = {
  ...record,
  paths: { resolvConf: '/r', hostname: '/h', hosts: '/o', log: '' },
  driver: 'erofs',
  execIds: [],
  ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '81/tcp': null },
  endpoints: { bridge: endpoint, shop: endpoint },
  sizes: undefined,
};

const inspect = (value: number): ContainerInspect => encodeContainerInspect(view, minor(value));

test('encodeContainerInspect() tells state, times, name and mounts as Docker does', () => {
  const { State, Name, Created, Path, Args, Mounts, ExecIDs, NetworkSettings } = inspect(51);
  assert.equal(Name, '/boat');
  assert.equal(Created, '2023-11-14T22:13:20.5Z');
  assert.deepEqual([Path, Args, ExecIDs], ['sh', ['-c', 'echo hi'], null]);
  assert.deepEqual([State.Status, State.Running, State.Paused, State.Pid], ['paused', true, true, 42]);
  assert.equal(State.FinishedAt, '0001-01-01T00:00:00Z');
  assert.equal(NetworkSettings.Ports['81/tcp'], null);
  assert.deepEqual(Mounts, [
    {
      Type: 'volume',
      Name: 'v',
      Driver: 'local',
      Source: '/volumes/v/_data',
      Destination: '/data',
      Mode: 'z',
      RW: true,
      Propagation: '',
    },
  ]);
});

test('encodeContainerInspect() has the addresses on the network bridge at the top, below 1.52', () => {
  const old = inspect(51).NetworkSettings as LegacyNetworkSettings;
  assert.deepEqual([old.IPAddress, old.IPPrefixLen, old.Gateway], ['172.17.0.2', 16, '172.17.0.1']);
  assert.equal('IPAddress' in inspect(52).NetworkSettings, false);
});

test('encodeContainerInspect() has the short id among the aliases below 1.45, and then only as a name', () => {
  const at = (value: number) => inspect(value).NetworkSettings.Networks;
  assert.deepEqual(at(44).shop?.Aliases, ['web', 'ab12ab12ab12']);
  assert.deepEqual(at(45).shop?.Aliases, ['web']);
  assert.deepEqual(at(45).shop?.DNSNames, ['boat', 'web', 'ab12ab12ab12']);
  assert.deepEqual([at(44).bridge?.Aliases, at(44).bridge?.DNSNames], [null, null]);
});

test('encodeContainerInspect() shows a container that is half made as created', () => {
  for (const status of ['creating', 'starting'] as const) {
    const half = { ...view, state: { status, run: { ...record.state.run, startedNs: 0n } } };
    const { State, NetworkSettings } = encodeContainerInspect(half, minor(51));
    assert.deepEqual([State.Status, State.Running, State.Pid], ['created', false, 0]);
    assert.equal(NetworkSettings.SandboxKey, '');
  }
});

test('encodeContainerSummary() lists ports, and annotations from 1.46 on', () => {
  const row = {
    record,
    statusText: 'Up 5 minutes (Paused)',
    ports: [{ port: 80, protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080 } as const],
    exposedOnly: ['81/udp'],
    endpoints: { bridge: endpoint },
    sizes: { writableBytes: 1, rootBytes: 2 },
  };
  const summary = encodeContainerSummary(row, 46);
  assert.deepEqual(summary.Names, ['/boat']);
  assert.deepEqual(
    [summary.State, summary.Status, summary.Created],
    ['paused', row.statusText, 1_700_000_000],
  );
  assert.deepEqual(summary.Ports, [
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { PrivatePort: 81, Type: 'udp' },
  ]);
  assert.deepEqual([summary.Labels, summary.SizeRw, summary.SizeRootFs], [{}, 1, 2]);
  assert.deepEqual(summary.HostConfig, { NetworkMode: 'bridge', Annotations: { a: 'b' } });
  assert.deepEqual(encodeContainerSummary(row, 45).HostConfig, { NetworkMode: 'bridge' });
});

test('health is shown with its results, and in lists from 1.52 on', () => {
  const log = [
    { startNs: 1_700_000_002_000_000_000n, endNs: 1_700_000_003_000_000_000n, exitCode: 1, output: 'ill\n' },
  ];
  const health = { status: 'unhealthy', failingStreak: 3, log, runStartedNs: 0n } as const;
  assert.deepEqual(encodeContainerInspect({ ...view, health }, minor(51)).State.Health, {
    Status: 'unhealthy',
    FailingStreak: 3,
    Log: [{ Start: '2023-11-14T22:13:22Z', End: '2023-11-14T22:13:23Z', ExitCode: 1, Output: 'ill\n' }],
  });
  assert.equal('Health' in encodeContainerInspect(view, minor(51)).State, false);
  const summary = (shown: ContainerRecord, since: number) =>
    encodeContainerSummary(
      { record: shown, statusText: '', ports: [], exposedOnly: [], endpoints: {}, sizes: undefined },
      since,
    ).Health;
  assert.deepEqual(summary({ ...record, health }, 52), { Status: 'unhealthy', FailingStreak: 3 });
  assert.deepEqual(summary(record, 52), { Status: 'none', FailingStreak: 0 });
  assert.equal(summary({ ...record, health }, 51), undefined);
});

test('commandText() quotes arguments with blanks, not the program', () => {
  assert.equal(commandText(['sh', '-c', 'a b']), "sh -c 'a b'");
  assert.equal(commandText(['/my app']), '/my app');
});

const target = { mediaType: mediaTypes.ociManifest, digest: digestOf('manifest'), size: 8 };

test('encodeImageSummary() has the shapes of each version', () => {
  const image = {
    id: imageId,
    tags: [],
    repoDigests: [],
    createdNs: 0n,
    sizeBytes: 5,
    sharedBytes: undefined,
    labels: undefined,
    containers: 2,
    lastUsedMs: 0,
    target,
    manifests: undefined,
  };
  const old = encodeImageSummary(image, 42);
  assert.deepEqual([old.RepoTags, old.VirtualSize, old.Containers], [['<none>:<none>'], 5, -1]);
  const now = encodeImageSummary(image, 51);
  assert.deepEqual([now.RepoTags, now.Containers, now.SharedSize], [[], 2, -1]);
  assert.equal('VirtualSize' in now, false);
  assert.equal('Descriptor' in encodeImageSummary(image, 47), false);
  assert.deepEqual(now.Descriptor, target);
});

test('encodeManifest() tells images, attestations and what is neither', () => {
  const descriptor = { ...target, platform: { os: 'linux', architecture: 'arm64' } };
  const manifest = { descriptor, available: true, contentBytes: 8, unpackedBytes: 0, containers: [] };
  const { platform } = descriptor;
  const image = encodeManifest({ ...manifest, kind: 'image', platform, unpackedBytes: 5, containers: ['c'] });
  assert.deepEqual(image, {
    ID: target.digest,
    Descriptor: descriptor,
    Available: true,
    Size: { Total: 13, Content: 8 },
    Kind: 'image',
    ImageData: { Platform: platform, Containers: ['c'], Size: { Unpacked: 5 } },
  });
  const attestation = encodeManifest({ ...manifest, kind: 'attestation', subject: target.digest });
  assert.deepEqual(attestation.AttestationData, { For: target.digest });
  assert.equal('ImageData' in encodeManifest({ ...manifest, kind: 'unknown' }), false);
});

test('encodeImageInspect() shows empty fields of a container below 1.50, and empty fields below 1.52', () => {
  const image = {
    id: imageId,
    tags: ['a:b'],
    repoDigests: [],
    createdNs: 0n,
    lastTaggedNs: 0n,
    lastUsedMs: 0,
    sizeBytes: 5,
    driver: 'erofs',
    target,
    manifests: undefined,
    config: {
      os: 'linux',
      architecture: 'amd64',
      config: { Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: [imageId as DiffId] } as const,
      history: [],
    },
  };
  assert.equal('Hostname' in encodeImageInspect(image, minor(49)).Config, true);
  assert.equal('Hostname' in encodeImageInspect(image, minor(50)).Config, false);
  assert.equal(encodeImageInspect(image, minor(51)).Config.Env, null);
  assert.deepEqual(encodeImageInspect(image, minor(52)).Config, { Cmd: ['sh'] });
  assert.equal('Container' in encodeImageInspect(image, minor(45)), false);
});

test('progressBar() and formatSize() draw like Docker', () => {
  assert.equal(progressBar(0, 10), `[>${' '.repeat(49)}]       0B/10B`);
  assert.equal(progressBar(10, 10), `[${'='.repeat(50)}]      10B/10B`);
  assert.equal(progressBar(1500, undefined), '   1.5kB');
  assert.deepEqual([999, 1000, 2_500_000].map(formatSize), ['999B', '1kB', '2.5MB']);
});

test('encodeInfo() has all that clients ask for, and no list that is null', () => {
  const fakes = {
    containers: { counts: () => ({ running: 1, paused: 1, stopped: 2 }) },
    images: { count: () => 3 },
    events: { listeners: 1 },
    volumes: { driverNames: () => ['local'] },
  };
  const parts = { ...fakeParts(() => fakes), log: console };
  const info = encodeInfo(parts, 51);
  assert.deepEqual([info.Containers, info.Images, info.NEventsListener], [4, 3, 1]);
  assert.deepEqual([info.Swarm.LocalNodeState, info.OSType, info.CgroupVersion], ['inactive', 'linux', '2']);
  assert.deepEqual(info.RegistryConfig.InsecureRegistryCIDRs, ['::1/128', '127.0.0.0/8', '10.0.0.0/8']);
  assert.equal(info.RegistryConfig.IndexConfigs['registry.test:5000']?.Secure, false);
  assert.deepEqual(info.Warnings, []);
  assert.deepEqual([info.LoggingDriver, info.SwapLimit, info.NFd], ['local', false, 9]);
});

test('encodeInfo() tells older versions what newer ones dropped', () => {
  const fakes = {
    containers: { counts: () => ({ running: 0, paused: 0, stopped: 0 }) },
    images: { count: () => 0 },
    events: { listeners: 0 },
    volumes: { driverNames: () => ['local'] },
  };
  const of = (minor: number) => encodeInfo({ ...fakeParts(() => fakes), log: console }, minor);
  assert.deepEqual(of(24).SecurityOptions, ['seccomp', 'cgroupns']);
  assert.deepEqual(of(25).SecurityOptions, ['name=seccomp,profile=builtin', 'name=cgroupns']);
  assert.deepEqual([of(48).RuncCommit, of(49).RuncCommit], [{ ID: 'abc', Expected: 'abc' }, { ID: 'abc' }]);
  assert.deepEqual([of(48).FirewallBackend, of(49).FirewallBackend], [undefined, { Driver: 'nftables' }]);
  assert.equal('BridgeNfIptables' in of(50), false);
});
