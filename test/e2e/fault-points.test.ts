import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { describeSetup, detectCgroups, isCgroupFrozen } from '#linux';
import { busyboxImage } from '../fixtures/busybox.ts';
import { type Exchanged, exchange } from '../testing/exchange.ts';
import { freePort } from '../testing/free-port.ts';
import { disagreements, holdingsOf, type Listed } from '../testing/holdings.ts';
import { addressesInside, gatewayInside } from '../testing/inside.ts';
import { buildKillAtEffect, strike } from '../testing/kill-at-effect.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Status: string; readonly ExitCode: number; readonly Pid: number };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string; readonly Gateway: string }>>;
    readonly Ports: Readonly<Record<string, unknown>>;
  };
}
type Request = readonly [method: string, path: string, body?: unknown];

interface Verb {
  readonly name: string;
  /** What is done before: `created`, `running` … */
  readonly from: 'nothing' | 'created' | 'running' | 'paused' | 'exited';
  /** Asked before each round; that it fails is no matter. */
  readonly reset?: Request;
  /** A request of the verb may need the answer to the one before. */
  readonly requests: readonly ((answer: Exchanged | undefined) => Request)[];
  /** The states that the container may be in afterwards, with the exit code where it has ended; `gone` when it is not. */
  readonly outcomes: readonly string[];
}

/** Every effect with WHARF_TEST_FAULTS=all; otherwise one of three, others each time. */
const stride = process.env.WHARF_TEST_FAULTS === 'all' ? 1 : 3;

/** Counts without end, and leaves with 3 when asked to. */
const script = 'trap "exit 3" TERM; i=0; while :; do echo $i; i=$((i+1)); sleep 0.01; done';
const binding = { HostIp: '127.0.0.1', HostPort: String(await freePort()) };
/** Mounted on the host while a container uses it. */
const fastVolume = {
  Type: 'volume',
  Source: 'fast',
  Target: '/fast',
  VolumeOptions: { DriverConfig: { Options: { type: 'tmpfs', device: 'tmpfs' } } },
};
const container = {
  Image: 'base:1',
  Cmd: ['sh', '-c', script],
  Volumes: { '/data': {} },
  HostConfig: { PortBindings: { '80/tcp': [binding] }, Mounts: [fastVolume] },
};
const on = (method: string, path: string, body?: unknown) => (): Request => [method, path, body];

const verbs: readonly Verb[] = [
  {
    name: 'create',
    from: 'nothing',
    requests: [on('POST', '/containers/create?name=subject', container)],
    outcomes: ['gone', 'created'],
  },
  {
    name: 'start',
    from: 'created',
    requests: [on('POST', '/containers/subject/start')],
    outcomes: ['created', 'running'],
  },
  {
    name: 'stop',
    from: 'running',
    requests: [on('POST', '/containers/subject/stop')],
    outcomes: ['running', 'exited 3'],
  },
  {
    name: 'kill',
    from: 'running',
    requests: [on('POST', '/containers/subject/kill')],
    outcomes: ['running', 'exited 137'],
  },
  {
    name: 'restart',
    from: 'running',
    requests: [on('POST', '/containers/subject/restart')],
    outcomes: ['running'],
  },
  {
    name: 'pause',
    from: 'running',
    requests: [on('POST', '/containers/subject/pause')],
    outcomes: ['running', 'paused'],
  },
  {
    name: 'unpause',
    from: 'paused',
    requests: [on('POST', '/containers/subject/unpause')],
    outcomes: ['running', 'paused'],
  },
  {
    name: 'rename',
    from: 'created',
    requests: [on('POST', '/containers/subject/rename?name=renamed')],
    outcomes: ['created'],
  },
  {
    name: 'update',
    from: 'running',
    requests: [on('POST', '/containers/subject/update', { Memory: 64 << 20, MemorySwap: 128 << 20 })],
    outcomes: ['running'],
  },
  {
    name: 'exec',
    from: 'running',
    requests: [
      on('POST', '/containers/subject/exec', { Cmd: ['sleep', '99'] }),
      (answer) => ['POST', `/exec/${JSON.parse(answer?.text ?? '{}').Id}/start`, { Detach: true }],
    ],
    outcomes: ['running'],
  },
  {
    name: 'commit',
    from: 'running',
    requests: [on('POST', '/commit?container=subject&repo=made&tag=1')],
    outcomes: ['running'],
  },
  {
    // The ports move with the way out, which the further network gives: its name comes first.
    name: 'network connect and disconnect',
    from: 'running',
    reset: ['POST', '/networks/a-quay/disconnect', { Container: 'subject' }],
    requests: [
      on('POST', '/networks/a-quay/connect', { Container: 'subject' }),
      on('POST', '/networks/a-quay/disconnect', { Container: 'subject' }),
    ],
    outcomes: ['running'],
  },
  {
    name: 'rm',
    from: 'exited',
    requests: [on('DELETE', '/containers/subject?v=1')],
    outcomes: ['exited 137', 'gone'],
  },
  {
    name: 'rm -f',
    from: 'running',
    requests: [on('DELETE', '/containers/subject?v=1&force=1')],
    outcomes: ['running', 'exited 137', 'gone'],
  },
];

describe('a daemon that is killed before any effect of', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const cgroups = detectCgroups();
  const tool = () => `${suite.wharf.folder}/kill-at-effect`;
  before(async () => {
    await buildKillAtEffect(tool());
    await askOk('POST', '/networks/create', { Name: 'a-quay' });
  });

  const ask = ([method, path, body]: Request) => exchange(suite.wharf.socketPath, method, path, body);
  const askOk = async (...request: Request) => {
    const answer = await ask(request);
    assert.ok(answer.status < 400, `${request.join(' ')}: ${answer.text}`);
    return answer.text === '' ? undefined : JSON.parse(answer.text);
  };
  const listed = (): Promise<Listed[]> => askOk('GET', '/containers/json?all=1');
  const volumeNames = async (): Promise<string[]> =>
    (((await askOk('GET', '/volumes')).Volumes ?? []) as { Name: string }[]).map(({ Name }) => Name);
  const inspect = async (): Promise<Inspected | undefined> => {
    const [first] = await listed();
    return first === undefined ? undefined : await askOk('GET', `/containers/${first.Id}/json`);
  };

  const steps: Readonly<Record<Verb['from'], readonly Request[]>> = {
    nothing: [],
    created: [['POST', '/containers/create?name=subject', container]],
    running: [['POST', '/containers/subject/start']],
    paused: [['POST', '/containers/subject/pause']],
    exited: [['POST', '/containers/subject/kill']],
  };
  const ways: Readonly<Record<Verb['from'], readonly Verb['from'][]>> = {
    nothing: [],
    created: ['created'],
    running: ['created', 'running'],
    paused: ['created', 'running', 'paused'],
    exited: ['created', 'running', 'exited'],
  };

  async function clear(): Promise<void> {
    for (const { Id } of await listed()) await askOk('DELETE', `/containers/${Id}?force=1&v=1`);
  }

  /** Brings the one container to the state, where it is not in it already. */
  async function prepare(from: Verb['from']): Promise<void> {
    const found = await inspect();
    if (found?.State.Status === from && found.Name === '/subject') return;
    await clear();
    for (const step of ways[from]) {
      for (const request of steps[step]) await askOk(...request);
      // It heeds no signal before it has said so.
      if (step === 'running') await eventually('it counts', async () => counted(await inspect()).length > 0);
    }
  }

  /** What the container has logged. */
  function counted(container: Inspected | undefined): number[] {
    const id = container?.Id ?? '';
    const log = readFileSync(`${suite.wharf.dataRoot}/containers/${id}/${id}-json.log`, 'utf8');
    return log
      .split('\n')
      .filter(Boolean)
      .map((line) => Number(JSON.parse(line).log));
  }

  /** Devices, addresses and the default route of a running container are those that it is told to have. */
  function verifyNetworks({ State, NetworkSettings }: Inspected): void {
    const told = Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
    assert.deepEqual(addressesInside(State.Pid).sort(), told.sort());
    const [first] = Object.entries(NetworkSettings.Networks).sort(([a], [b]) => (a < b ? -1 : 1));
    assert.equal(gatewayInside(State.Pid), first?.[1].Gateway);
    const ports = NetworkSettings.Ports['80/tcp'];
    assert.deepEqual(ports, [binding]);
  }

  async function perform(verb: Verb): Promise<void> {
    let answer: Exchanged | undefined;
    for (const request of verb.requests) {
      answer = await ask(request(answer));
      assert.ok(answer.status < 400, answer.text);
    }
    await askOk('GET', '/version');
  }

  async function verify(verb: Verb): Promise<void> {
    let outcome = '';
    await eventually('an outcome', async () => {
      const { Status = 'gone', ExitCode = 0 } = (await inspect())?.State ?? {};
      outcome = Status === 'exited' ? `exited ${ExitCode}` : Status;
      return verb.outcomes.includes(outcome);
    }).catch((cause) => assert.fail(new Error(`the container is ${outcome}`, { cause })));
    const volumes = await volumeNames();
    const anonymous = volumes.filter((name) => name !== fastVolume.Source);
    assert.equal(anonymous.length, outcome === 'gone' ? 0 : 1);
    let wrong: string[] = [];
    await eventually('nothing is left', async () => {
      wrong = disagreements(await holdingsOf(suite.wharf), await listed(), volumes);
      return wrong.length === 0;
    }).catch((cause) => assert.fail(new Error(`no agreement: ${wrong}`, { cause })));
    let failure: unknown;
    // A restart that the next daemon brings to its end may still be under way.
    await eventually('the container is whole', async () => {
      failure = await inspect()
        .then((found) => found && verifyWorld(found))
        .then(
          () => undefined,
          (error) => error,
        );
      return failure === undefined;
    }).catch(() => assert.fail(new Error('the container is not whole', { cause: failure })));
  }

  function verifyWorld(found: Inspected): void {
    const { Status } = found.State;
    if (Status === 'created') return;
    const cgroup = describeSetup(cgroups, `${suite.wharf.cgroupParent}/${found.Id}`);
    assert.equal(isCgroupFrozen(cgroup), Status === 'paused');
    const numbers = counted(found);
    const isNext = (number: number, index: number) =>
      number === 0 || number === (numbers[index - 1] ?? -1) + 1;
    assert.ok(numbers.every(isNext), `no line is lost: ${numbers}`);
    if (Status !== 'exited') verifyNetworks(found);
  }

  for (const verb of verbs) {
    test(`${verb.name}: the container is as before or as after`, async () => {
      await clear();
      let effect: string | undefined = 'none';
      for (let n = Math.ceil(Math.random() * stride); effect !== undefined; n += stride) {
        await prepare(verb.from);
        if (verb.reset !== undefined) await ask(verb.reset);
        effect = await strike(tool(), suite.wharf, n, () => perform(verb));
        await verify(verb).catch((cause) => {
          throw new Error(`killed before effect ${n} of ${verb.name}, a ${effect}`, { cause });
        });
      }
    });
  }
});
