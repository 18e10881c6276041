import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { ContainerInspect } from '#api';
import { describeSetup, detectCgroups, removeCgroup } from '#linux';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerProgram, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** A parent that users name is theirs to remove, as with Docker. */
const cgroupParent = `/wharf-test-run-line-${process.pid}`;

/** What stands between `run` and the end of the line; `FOLDER` and `CGROUP` are the test's own. */
const lines: readonly string[] = [
  '-d base:1 sleep 99',
  '-d full:1',
  '-d full:1 other words',
  '-d --entrypoint sleep full:1 99',
  "-d --entrypoint '' full:1 sleep 99",
  '-d --entrypoint sleep full:1',
  '-dit --name shell base:1',
  '-d -i base:1 cat',
  '-a stdout -a stderr base:1 true',
  '-a stdout base:1 true',
  '-d -e A=b -e EMPTY= -e "C=two words; \'quoted\'" -e FROM=changed full:1',
  '-d -l a=b -l own=changed -l "c=x y" -u 1000:10 -w /tmp -h host --domainname wide.net full:1',
  '-d --stop-signal HUP --stop-timeout 0 --init --rm base:1 sleep 99',
  '-d --restart on-failure:3 --oom-score-adj 10 base:1 sleep 99',
  '-d --restart always base:1 sleep 99',
  "-d --health-cmd 'test -e /x' --health-interval 90s --health-retries 2 --health-start-period 1500ms base:1 sleep 99",
  '-d --no-healthcheck full:1',
  '-d --health-interval 1h full:1',
  '-d -p 127.0.0.1:0:80 -p 81/udp -P --expose 90-91 full:1',
  '-d --network front --network-alias n1 --ip 10.209.7.9 --dns 9.9.9.9 --dns-search a.b --dns-option ndots:2 --add-host x:1.2.3.4 base:1 sleep 99',
  '-d --network name=front,alias=n2,driver-opt=a.b=c,gw-priority=3 --network back base:1 sleep 99',
  '-d --network host base:1 sleep 99',
  '-d --network none base:1 sleep 99',
  '-d --network container:peer --pid container:peer --ipc container:peer base:1 sleep 99',
  '-d -v FOLDER:/in:ro -v named:/data -v /anonymous --tmpfs /t:size=1m --read-only --shm-size 1m base:1 sleep 99',
  '-d --mount type=bind,src=FOLDER,dst=/in,readonly --mount type=volume,dst=/v,volume-label=a=b,volume-nocopy base:1 sleep 99',
  '-d --mount type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1770 --volumes-from peer:ro base:1 sleep 99',
  '-d -m 32m --memory-reservation 16m --cpus 0.5 -c 512 --cpuset-cpus 0 --pids-limit 50 --ulimit nofile=64:128 --ulimit core=-1 base:1 sleep 99',
  '-d -m 32m --memory-swap 48m --cpu-period 50000 --cpu-quota 20000 --blkio-weight 100 base:1 sleep 99',
  "-d --device /dev/zero:/dev/nil:rw --device-cgroup-rule 'c 1:3 mr' base:1 sleep 99",
  '-d --privileged base:1 sleep 99',
  '-d --cap-add NET_ADMIN --cap-drop ALL --group-add wheel --group-add 77 --security-opt no-new-privileges base:1 sleep 99',
  '-d --security-opt seccomp=FOLDER/profile.json --security-opt systempaths=unconfined base:1 sleep 99',
  '-d --pid host --uts host --ipc shareable --cgroupns private --sysctl net.ipv4.ip_forward=0 base:1 sleep 99',
  '-d --log-driver local --log-opt max-size=1m --annotation a.b=c --cgroup-parent CGROUP base:1 sleep 99',
];

const profile = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ["o'dd"], action: 'SCMP_ACT_ERRNO' }],
};

describe('inspect --as run', () => {
  const full = busyboxImage('full:1', {
    Entrypoint: ['sh', '-c'],
    Cmd: ['sleep 99'],
    Env: ['PATH=/bin', 'FROM=image'],
    Labels: { own: 'image' },
    WorkingDir: '/www',
    User: 'ada',
    ExposedPorts: { '8080/tcp': {} },
    Volumes: { '/kept': {} },
    StopSignal: 'SIGINT',
    Healthcheck: { Test: ['CMD', 'true'], Interval: 30e9 },
  });
  const suite = useWharf([busyboxImage('base:1'), full]);
  const { ok } = suite;
  const inspect = async (id: string) => JSON.parse(await ok(['inspect', id]))[0] as ContainerInspect;
  const bash = (line: string) =>
    runProgram('bash', ['-c', line], {
      env: { DOCKER_HOST: suite.wharf.host, DOCKER_CONFIG: `${suite.wharf.folder}/client` },
    });
  const newest = async () => ok('ps -aq --no-trunc -l');

  before(async () => {
    writeFileSync(`${suite.wharf.folder}/profile.json`, JSON.stringify(profile));
    await ok('network create --subnet 10.209.7.0/24 front');
    await ok('network create back');
    await ok('run -d --name peer --ipc shareable -v /shared base:1 sleep 999');
  });

  after(() => removeCgroup(describeSetup(detectCgroups(), cgroupParent)));

  for (const line of lines) {
    test(`makes the same container as: run ${line}`, async () => {
      const asked = line.replaceAll('FOLDER', suite.wharf.folder).replaceAll('CGROUP', cgroupParent);
      const started = await bash(`exec ${dockerProgram} run ${asked}`);
      assert.equal(started.code, 0, started.stderr);
      const id = await newest();
      const wanted = await inspect(id);
      const printed = await suite.wharf.wharf(['inspect', '--as', 'run', id]);
      assert.equal(printed.code, 0, printed.stderr);
      await ok(['rm', '-f', id]);
      const again = await bash(printed.stdout.replace(/^docker /, `exec ${dockerProgram} `));
      assert.equal(again.code, 0, `${printed.stdout}${again.stderr}`);
      const made = await newest();
      assert.deepEqual(comparable(await inspect(made)), comparable(wanted), printed.stdout);
      await ok(['rm', '-f', made]);
    });
  }
});

/** A container without what is of its own: its id, and the addresses it happened to get. */
function comparable({ Id, Name, Path, Args, Config, HostConfig, NetworkSettings, Mounts }: ContainerInspect) {
  const own = (text: string) => text.replaceAll(Id.slice(0, 12), 'ID');
  const networks = Object.entries(NetworkSettings.Networks).map(([name, endpoint]) => {
    const { IPAMConfig, Aliases, DriverOpts, GwPriority } = endpoint;
    return [name, { IPAMConfig, Aliases, DriverOpts, GwPriority }];
  });
  return {
    ...{ Name, Path, Args, HostConfig },
    // The stock client sends variables in any order.
    Config: JSON.parse(own(JSON.stringify({ ...Config, Env: Config.Env?.toSorted() }))) as unknown,
    networks: Object.fromEntries(networks) as unknown,
    targets: Mounts.map((mount) => mount.Destination).sort(),
  };
}
