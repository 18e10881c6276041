import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerCreateRequest } from '#api';
import { type Loose, recordOf } from '../testing/records.ts';

const refusal = (request: Loose<ContainerCreateRequest>): string => {
  try {
    recordOf(request);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
};

/** Docker 28.5.2's answers to the same requests. */
const refused: readonly (readonly [request: Loose<ContainerCreateRequest>, text: string])[] = [
  [{ MacAddress: 'zz' }, 'invalid config for network bridge: invalid MAC address zz'],
  [
    { NetworkingConfig: { EndpointsConfig: { net: { MacAddress: '1' } } } },
    'invalid config for network net: invalid MAC address 1',
  ],
  [
    { NetworkingConfig: { EndpointsConfig: { net: { IPAMConfig: { IPv4Address: '1.2.3' } } } } },
    'invalid config for network net: invalid endpoint settings:\ninvalid IPv4 address: 1.2.3',
  ],
  [
    { NetworkingConfig: { EndpointsConfig: { bridge: { Aliases: ['x'] } } } },
    'invalid config for network bridge: invalid endpoint settings:\nnetwork-scoped alias is supported only for containers in user defined networks',
  ],
  [{ Hostname: 'x', HostConfig: { UTSMode: 'host' } }, 'conflicting options: hostname and the UTS mode'],
];

const refusedHosts: readonly (readonly [host: Loose<ContainerCreateRequest['HostConfig']>, text: string])[] =
  [
    [{ NetworkMode: 'container:' }, 'invalid network mode: invalid container format container:<name|id>'],
    [
      { NetworkMode: 'container:a', PublishAllPorts: true },
      'conflicting options: port publishing and the container type network mode',
    ],
    [{ NetworkMode: 'container:a', Dns: ['1.1.1.1'] }, 'conflicting options: dns and the network mode'],
    [{ ExtraHosts: ['zz'] }, 'bad format for add-host: "zz"'],
    [{ ExtraHosts: ['a:b'] }, 'invalid IP address in add-host: "b"'],
    [{ PortBindings: { '80/tcp': [{ HostPort: '70000' }] } }, 'invalid port specification: "70000"'],
    [{ PortBindings: { '80/tcp': [{ HostPort: '10-5' }] } }, 'invalid port specification: "10-5"'],
    [{ PortBindings: { 'a/tcp': [] } }, 'invalid port specification: "a"'],
    [{ CpuShares: -1 }, 'invalid CPU shares (-1): value must be a positive integer'],
    [{ CpusetCpus: '1-0' }, 'Invalid value 1-0 for cpuset cpus: invalid format: 1-0'],
    [{ CpusetMems: 'a' }, 'Invalid value a for cpuset mems: invalid format: a'],
    [
      { CpuRealtimeRuntime: 2000, CpuRealtimePeriod: 1000 },
      'cpu real-time runtime cannot be higher than cpu real-time period',
    ],
    [{ NanoCpus: 1e9, CpuQuota: 10 }, 'Conflicting options: Nano CPUs and CPU Quota cannot both be set'],
    [{ Ulimits: [{ Name: 'bad', Soft: 1, Hard: 1 }] }, 'invalid ulimit type: bad'],
    [
      { Ulimits: [{ Name: 'nofile', Soft: 2, Hard: 1 }] },
      'ulimit soft limit must be less than or equal to hard limit: 2 > 1',
    ],
    [{ Isolation: 'hyperv' }, "invalid isolation (hyperv): linux only supports 'default'"],
    [{ SecurityOpt: ['zz'] }, 'invalid --security-opt 1: "zz"'],
    [{ SecurityOpt: ['no-new-privileges=zz'] }, 'invalid --security-opt 2: "no-new-privileges=zz"'],
    [{ StorageOpt: { zz: '1' } }, 'Unknown option zz'],
    [{ StorageOpt: { size: 'big' } }, "invalid size: 'big'"],
    [
      { Annotations: { '': 'x' } },
      'invalid Annotations: the empty string is not permitted as an annotation key',
    ],
    [{ Tmpfs: { rel: '' } }, "invalid mount path: 'rel' mount path must be absolute"],
    [{ Tmpfs: { '/..': '' } }, "invalid specification: destination can't be '/'"],
    [
      { Binds: ['zz'] },
      "invalid volume specification: 'zz': invalid mount config for type \"volume\": invalid mount path: 'zz' mount path must be absolute",
    ],
    [{ Binds: ['/a:/b:ro,rw'] }, 'invalid mode: ro,rw'],
    [{ Binds: ['/a:'] }, "invalid volume specification: '/a:'"],
    [
      { Binds: ['aa:/b:shared'] },
      'invalid volume specification: \'aa:/b:shared\': invalid mount config for type "volume": field BindOptions must not be specified',
    ],
    [{ VolumesFrom: [''] }, 'volumes-from specification cannot be an empty string'],
  ];

const refusedMounts: readonly (readonly [
  mount: Loose<NonNullable<NonNullable<ContainerCreateRequest['HostConfig']['Mounts']>[number]>>,
  text: string,
])[] = [
  [
    { Type: 'bind', Source: '/', VolumeOptions: {} },
    'VolumeOptions must not be specified on mount type "bind"',
  ],
  [
    { Type: 'bind', Source: '/', BindOptions: { Propagation: 'zz' } },
    'invalid mount config for type "bind": invalid propagation mode: zz',
  ],
  [
    { Type: 'volume', ReadOnly: true },
    'invalid mount config for type "volume": must not set ReadOnly mode when using anonymous volumes',
  ],
  [
    { Type: 'volume', VolumeOptions: { Subpath: 'x' } },
    'invalid mount config for type "volume": must not set Subpath when using anonymous volumes',
  ],
  [
    { Type: 'tmpfs', TmpfsOptions: { Options: [['size', '1']] } },
    'invalid mount config for type "tmpfs": invalid option: size',
  ],
];

test("createRecord() refuses what could never start, in Docker's words", () => {
  for (const [request, text] of refused) assert.equal(refusal(request), text);
  for (const [HostConfig, text] of refusedHosts) assert.equal(refusal({ HostConfig }), text);
  for (const [mount, text] of refusedMounts) {
    assert.equal(refusal({ HostConfig: { Mounts: [{ Target: '/a', ...mount }] } }), text);
  }
});

test('createRecord() takes what Docker takes', () => {
  const hosts: readonly Loose<ContainerCreateRequest['HostConfig']>[] = [
    { ExtraHosts: ['a:1.2.3.4', 'b:host-gateway', 'c:[::1]', 'd:::1'] },
    { PortBindings: { '80': [{ HostPort: '' }], '81/udp': [{ HostPort: '8000-8010' }] } },
    { Ulimits: [{ Name: 'nofile', Soft: 1, Hard: -1 }] },
    { CpusetCpus: '0,1-2', CpusetMems: '0', Binds: ['/cargo'] },
    { Mounts: [{ Type: 'tmpfs', Target: '/a', TmpfsOptions: { Options: [['noexec']] } }] },
  ];
  for (const HostConfig of hosts) assert.equal(refusal({ HostConfig }), '');
  assert.equal(refusal({ HostConfig: { NetworkMode: 'container:a' } }), '');
});
