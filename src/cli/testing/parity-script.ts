import type { Script, SeenRequest } from './fake-daemon.ts';
import { jsonLines, unlessMissing } from './parity-answers.ts';
import { imageScript } from './parity-images.ts';
import { systemScript } from './parity-system.ts';

const id = (digit: string) => digit.repeat(64);
const digest = (digit: string) => `sha256:${id(digit)}`;
const daySeconds = 86_400;
const now = Math.floor(Date.now() / 1000);

const container = {
  Id: id('a'),
  Names: ['/web'],
  Image: 'web',
  ImageID: digest('b'),
  Command: 'serve -g "in front" and more words',
  Created: now - 2 * daySeconds,
  Ports: [
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { PrivatePort: 443, Type: 'tcp' },
  ],
  Labels: { a: 'b', c: 'd' },
  State: 'running',
  Status: 'Up 5 minutes',
  HostConfig: { NetworkMode: 'bridge' },
  NetworkSettings: { Networks: { bridge: { NetworkID: id('c') } } },
  Mounts: [
    {
      Type: 'volume',
      Name: 'a-volume-with-a-long-name',
      Source: '/x',
      Destination: '/d',
      Driver: 'local',
      Mode: '',
      RW: true,
      Propagation: '',
    },
  ],
  SizeRw: 1234,
  SizeRootFs: 123_456_789,
};

const containers = [
  container,
  {
    ...container,
    Id: id('d'),
    Names: ['/b', '/web/b'],
    Image: digest('e'),
    ImageID: digest('e'),
    Created: now - 20 * daySeconds,
    Ports: [],
    State: 'exited',
    Status: 'Exited (0) 2 weeks ago',
    Mounts: [],
  },
  {
    ...container,
    Id: id('f'),
    Names: ['/c'],
    Image: `docker.io/library/box:1@${digest('1')}`,
    Command: '/bin/sh',
  },
];

const inspected = {
  Id: id('a'),
  Created: '2025-01-01T00:00:00.123456789Z',
  Path: 'serve',
  Args: ['-g'],
  State: {
    Status: 'running',
    Running: true,
    Paused: false,
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: 123,
    ExitCode: 0,
    Error: '',
    StartedAt: '2025-01-01T00:00:01Z',
    FinishedAt: '0001-01-01T00:00:00Z',
  },
  Image: digest('b'),
  Name: '/web',
  RestartCount: 0,
  Driver: 'erofs',
  Platform: 'linux',
  Mounts: [],
  Config: {
    Hostname: 'a',
    Tty: false,
    OpenStdin: false,
    Env: ['A=b'],
    Cmd: ['x'],
    Image: 'web',
    Labels: { x: 'y' },
  },
  HostConfig: { NetworkMode: 'bridge', Memory: 0 },
  NetworkSettings: {
    Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '443/tcp': null },
    Networks: { bridge: { IPAddress: '172.17.0.2' } },
  },
};

const multiplexed = { 'Content-Type': 'application/vnd.docker.multiplexed-stream' };

function frame(stream: number, text: string): string {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(text.length, 4);
  return header.toString('latin1') + text;
}

const output = frame(1, 'out line\n') + frame(2, 'err line\n');

/** A stream that says its two lines and ends. */
const speaks = {
  headers: multiplexed,
  hijack: (stream: NodeJS.WritableStream) => void stream.end(Buffer.from(output, 'latin1')),
};

const noContainer = 'No such container: nope';
const done = { status: 204 };

function create({ body, query: { name = '' } }: SeenRequest) {
  nextStart = name;
  if (body.includes('"Image":"conflict"'))
    return { status: 409, body: { message: 'Conflict. The name is in use' } };
  if (body.includes('"Image":"absent"'))
    return { status: 404, body: { message: 'No such image: absent:latest' } };
  const warnings = body.includes('"Image":"doubtful"') ? ['one doubt', 'and another'] : [];
  return { status: 201, body: { Id: id('a'), Warnings: warnings } };
}

/** The name says how a start ends; `run` names its container by what it is to find. */
const startFailures: Readonly<Record<string, string>> = {
  nofile: 'exec: "nofile": executable file not found in $PATH: unknown',
  noright: 'exec: "/x": permission denied: unknown',
  folder: 'exec: "/etc": is a directory: unknown',
  port: 'driver failed: port is already allocated',
};

let nextStart = '';

function startAnswer() {
  const message = startFailures[nextStart];
  return message === undefined ? done : { status: 400, body: { message } };
}

const network = {
  Name: 'bridge',
  Id: id('c'),
  Created: '2025-01-01T00:00:00.5Z',
  Scope: 'local',
  Driver: 'bridge',
  EnableIPv4: true,
  EnableIPv6: false,
  IPAM: { Driver: 'default', Config: [] },
  Internal: false,
  Labels: {},
};
const volume = {
  Name: 'v',
  Driver: 'local',
  Mountpoint: '/v',
  CreatedAt: '2025-01-01T00:00:00Z',
  Labels: null,
  Scope: 'local',
  Options: null,
};
const cpu = (own: number, system: number) => ({
  cpu_usage: { total_usage: own },
  system_cpu_usage: system,
  online_cpus: 2,
  throttling_data: {},
});

const stats = {
  name: '/web',
  id: id('a'),
  read: '2025-01-01T00:00:01Z',
  preread: '2025-01-01T00:00:00Z',
  pids_stats: { current: 5 },
  blkio_stats: { io_service_bytes_recursive: [{ major: 8, minor: 0, op: 'read', value: 4096 }] },
  num_procs: 0,
  cpu_stats: cpu(200_000_000, 20_000_000_000),
  precpu_stats: cpu(100_000_000, 18_000_000_000),
  memory_stats: { usage: 12_345_678, limit: 8_321_654_784, stats: { inactive_file: 1_000_000 } },
  networks: { eth0: { rx_bytes: 1234, tx_bytes: 5678 } },
};

/** A daemon with one of everything, for comparing two clients. */
export const parityScript: Script = {
  ...systemScript,
  ...imageScript,
  'GET /containers/json': ({ query }) => ({ body: query.limit === '1' ? [container] : containers }),
  'GET /containers/*/json': unlessMissing(noContainer, { body: inspected }),
  'GET /containers/*/logs': { body: output, headers: multiplexed },
  'GET /containers/*/top': { body: { Titles: ['UID', 'PID', 'CMD'], Processes: [['root', '123', 'serve']] } },
  'GET /containers/*/changes': {
    body: [
      { Path: '/a', Kind: 1 },
      { Path: '/b', Kind: 2 },
    ],
  },
  'GET /containers/*/stats': { body: stats },
  'POST /containers/create': create,
  'PUT /containers/*/archive': {},
  'POST /containers/prune': { body: { ContainersDeleted: [id('a')], SpaceReclaimed: 1_234_567 } },
  'POST /containers/*/attach': speaks,
  'POST /containers/*/exec': { status: 201, body: { Id: id('2') } },
  'POST /containers/*/wait': { body: { StatusCode: 3 } },
  'POST /containers/*/stop': unlessMissing(noContainer, done),
  'POST /containers/*/start': startAnswer,
  'POST /containers/*/restart': done,
  'POST /containers/*/kill': done,
  'POST /containers/*/pause': done,
  'DELETE /containers/*': unlessMissing(noContainer, done),
  'POST /exec/*/start': speaks,
  'GET /exec/*/json': { body: { ID: id('2'), Running: false, ExitCode: 7 } },
  'GET /networks': { body: [network] },
  'GET /networks/*': unlessMissing('network nope not found', { body: network }),
  'POST /networks/create': { status: 201, body: { Id: id('4'), Warning: '' } },
  'DELETE /networks/*': unlessMissing('network nope not found', done),
  'GET /volumes': { body: { Volumes: [volume], Warnings: [] } },
  'GET /volumes/*': unlessMissing('get nope: no such volume', { body: volume }),
  'POST /volumes/create': { status: 201, body: volume },
  'DELETE /volumes/*': unlessMissing('get nope: no such volume', done),
  'GET /events': {
    body: jsonLines([
      {
        Type: 'container',
        Action: 'create',
        Actor: { ID: id('a'), Attributes: { image: 'web', name: 'web' } },
        scope: 'local',
        time: 1_700_000_000,
        timeNano: 1_700_000_000_000_000_000,
      },
    ]),
  },
};
