import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { garble, mutate, pick, type Random, seededRandom, strangeQuery } from '../fixtures/mutations.ts';
import { exchange } from '../testing/exchange.ts';
import { traces } from '../testing/traces.ts';
import { useWharf } from '../testing/use-wharf.ts';

const requests = 20_000;
const connections = 8;
const seed = Number(process.env.WHARF_TEST_SEED ?? 20_261_122);

const resources = {
  CpuShares: 100,
  Memory: 67_108_864,
  MemoryReservation: 33_554_432,
  MemorySwap: -1,
  CpuPeriod: 100_000,
  CpuQuota: 50_000,
  CpusetCpus: '0',
  CpusetMems: '0',
  PidsLimit: 50,
  BlkioWeight: 100,
  RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 },
};

const createBody = {
  Image: 'base:1',
  Hostname: 'h',
  User: 'ada',
  Env: ['A=b', 'C'],
  Cmd: ['sleep', '9'],
  Entrypoint: ['env'],
  WorkingDir: '/tmp',
  Labels: { a: 'b' },
  ExposedPorts: { '80/tcp': {} },
  Volumes: { '/v': {} },
  StopSignal: 'TERM',
  StopTimeout: 3,
  Tty: true,
  OpenStdin: true,
  Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9, Timeout: 1e9, Retries: 3, StartPeriod: 1e9 },
  HostConfig: {
    ...resources,
    Binds: ['/tmp:/b:ro,rslave'],
    Mounts: [{ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 4096, Mode: 0o700 } }],
    Tmpfs: { '/m': 'size=1m' },
    PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080-8090' }] },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
    NetworkMode: 'bridge',
    CapAdd: ['CHOWN'],
    CapDrop: ['ALL'],
    Dns: ['1.1.1.1'],
    ExtraHosts: ['a:1.2.3.4'],
    Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/n', CgroupPermissions: 'rwm' }],
    DeviceCgroupRules: ['c 1:3 rwm'],
    DeviceRequests: [{ Driver: 'x', Count: 1, Capabilities: [['gpu']] }],
    Ulimits: [{ Name: 'nofile', Soft: 10, Hard: 20 }],
    SecurityOpt: ['no-new-privileges'],
    Sysctls: { 'net.ipv4.ip_forward': '1' },
    GroupAdd: ['wheel'],
    IpcMode: 'private',
    PidMode: '',
    UsernsMode: '',
    ShmSize: 65_536,
    VolumesFrom: ['made:ro'],
    Annotations: { a: 'b' },
    ConsoleSize: [24, 80],
    OomScoreAdj: 10,
  },
  NetworkingConfig: {
    EndpointsConfig: { bridge: { MacAddress: '02:42:00:00:00:01', DriverOpts: { a: 'b' } } },
  },
};

const execBody = {
  Cmd: ['true'],
  User: 'ada:wheel',
  Env: ['A=b'],
  WorkingDir: '/tmp',
  Tty: true,
  DetachKeys: 'ctrl-p,ctrl-q',
  ConsoleSize: [24, 80],
  AttachStdout: true,
  Privileged: false,
  KillOnDisconnect: false,
};

const networkBody = {
  Name: 'nowhere',
  Driver: 'macvlan',
  IPAM: {
    Driver: 'default',
    Config: [{ Subnet: '10.222.1.0/24', Gateway: '10.222.1.1', IPRange: '10.222.1.0/25' }],
  },
  Options: { 'com.docker.network.driver.mtu': '1400' },
  Labels: { a: 'b' },
};

interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** What is asked with a body; none of it starts anything. */
const bodies: readonly (readonly [path: (random: Random) => string, body: unknown])[] = [
  [(random) => `/containers/create?name=fuzz${Math.floor(random() * 8)}`, createBody],
  [(random) => `/v1.${24 + Math.floor(random() * 28)}/containers/create?name=fuzz0`, createBody],
  [() => '/containers/runs/exec', execBody],
  [() => '/containers/made/update', resources],
  [() => '/containers/runs/update', { ...resources, Memory: 0, MemoryReservation: 0, CpusetCpus: '' }],
  [() => '/exec/none/start', { Detach: true, Tty: true, ConsoleSize: [1, 2] }],
  [() => '/networks/create', networkBody],
  [
    () => '/networks/bridge/connect',
    { Container: 'runs', EndpointConfig: { IPAMConfig: { IPv4Address: '10.0.0.9' } } },
  ],
  [() => '/volumes/create', { Name: 'fuzzed', Driver: 'no', DriverOpts: { a: 'b' }, Labels: { a: 'b' } }],
];

/** What is asked by a query, and ends by itself. */
const queries: readonly (readonly [method: string, path: string, names: readonly string[]])[] = [
  ['GET', '/containers/json', ['all', 'limit', 'size', 'filters']],
  ['GET', '/containers/runs/json', ['size']],
  ['GET', '/containers/runs/top', ['ps_args']],
  ['GET', '/containers/runs/logs', ['stdout', 'stderr', 'since', 'until', 'timestamps', 'tail', 'details']],
  ['POST', '/containers/runs/resize', ['h', 'w']],
  ['POST', '/containers/made/kill', ['signal']],
  ['POST', '/containers/made/stop', ['t', 'signal']],
  ['POST', '/containers/runs/rename', ['nothing']],
  ['HEAD', '/containers/runs/archive', ['path']],
  ['GET', '/containers/made/stats?stream=0', ['one-shot']],
  ['POST', '/containers/prune?filters={"label":["nobody"]}', ['filters']],
  ['GET', '/images/json', ['all', 'filters', 'shared-size', 'digests']],
  ['GET', '/networks', ['filters']],
  ['GET', '/volumes', ['filters']],
  ['GET', '/events?since=0&until=1', ['filters', 'until', 'since']],
];

function attempt(random: Random): Attempt {
  if (random() < 0.6) {
    const [path, body] = pick(random, bodies);
    return { method: 'POST', path: path(random), body: garble(random, JSON.stringify(mutate(random, body))) };
  }
  const [method, path, names] = pick(random, queries);
  const query = strangeQuery(random, names);
  return { method, path: `${path}${path.includes('?') ? '&' : '?'}${query}` };
}

describe('requests at random', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;

  test('never break the daemon, and leave nothing', async () => {
    await ok('create --name made base:1 sleep 99');
    await ok('run -d --name runs base:1 sleep 999');
    await ok('volume rm '.concat(await ok('volume create')));
    // Layers stay mounted for whoever comes next.
    const ownTraces = () =>
      traces(suite.wharf).filter((trace) => !trace.startsWith(`${suite.wharf.execRoot}/l/`));
    const before = ownTraces();
    const { pid } = suite.wharf;
    const descriptors = () => readdirSync(`/proc/${pid}/fd`).length;
    const opened = descriptors();

    const random = seededRandom(seed);
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const statuses = new Map<number, number>();
    let left = requests;
    const worker = async () => {
      while (left-- > 0) {
        const what = attempt(random);
        const { status, text } = await send(suite.wharf.socketPath, agent, what);
        const detail = () =>
          `${status} ${text} seed ${seed} ${what.method} ${what.path} ${what.body}`.slice(0, 2000);
        assert.ok((status >= 200 && status < 500) || status === 501, detail());
        assert.ok(status < 400 || what.method === 'HEAD' || /^\{"message":".+"\}\n$/s.test(text), detail());
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: connections }, worker));
    agent.destroy();

    for (const expected of [200, 201, 400, 404, 409]) assert.ok(statuses.has(expected), `no ${expected}`);
    assert.equal(suite.wharf.pid, pid);
    assert.doesNotMatch(suite.wharf.log(), /level=error/);
    const made = (await ok('ps -aq --no-trunc --filter name=fuzz')).split('\n').filter(Boolean);
    if (made.length > 0) await ok(['rm', '-f', '-v', ...made]);
    const volumes = (await ok('volume ls -q')).split('\n').filter(Boolean);
    if (volumes.length > 0) await ok(['volume', 'rm', ...volumes]);
    assert.deepEqual(
      ownTraces().filter((trace) => !before.includes(trace)),
      [],
    );
    assert.ok(descriptors() <= opened + connections, `${opened} descriptors became ${descriptors()}`);
    assert.equal((await exchange(suite.wharf.socketPath, 'GET', '/_ping')).text, 'OK');
  });
});

function send(socketPath: string, agent: Agent, { method, path, body }: Attempt) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const outgoing = request({ socketPath, agent, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
