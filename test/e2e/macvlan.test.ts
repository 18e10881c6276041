import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { freeSubnet } from '../testing/free-subnet.ts';
import { addressesInside, gatewayInside, ipInside } from '../testing/inside.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** A network card of the host, at the end of a cable, and another machine at the other end. */
const card = `wt${process.pid % 100_000}`;
const machine = `wt-machine-${process.pid}`;
const lan = freeSubnet();

const ip = (args: string) => execFileSync('ip', args.split(' '), { encoding: 'utf8' });

function plugCable(): void {
  ip(`netns add ${machine}`);
  ip(`link add ${card} type veth peer name lan0 netns ${machine}`);
  ip(`link set ${card} up`);
  ip(`-n ${machine} address add ${lan}.1/24 dev lan0`);
  ip(`-n ${machine} link set lan0 up`);
}

describe('macvlan and ipvlan networks', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const create = async (body: object) => {
    const answer = await exchange(suite.wharf.socketPath, 'POST', '/networks/create', body);
    return `${answer.status} ${JSON.parse(answer.text).message ?? ''}`;
  };
  const pidOf = async (name: string) => Number(await ok(`inspect --format {{.State.Pid}} ${name}`));
  const pings = async (from: string, address: string) =>
    (await docker(`exec ${from} ping -c 1 -W 1 ${address}`)).code === 0;
  before(() => plugCable());
  after(() => ip(`netns del ${machine}`));

  test('a container is a machine of its own on the link of the host’s card', async () => {
    const addresses = `--subnet ${lan}.0/24 --ip-range ${lan}.128/25 --gateway ${lan}.1`;
    await ok(`network create -d macvlan ${addresses} -o parent=${card} lan`);
    await ok('run -d --name boat --network lan --mac-address 02:42:00:00:01:01 -p 8099:80 base:1 sleep 999');
    const pid = await pidOf('boat');
    assert.match(ipInside(pid, '-d link show eth0'), /02:42:00:00:01:01[\s\S]*macvlan mode bridge/);
    assert.equal(gatewayInside(pid), `${lan}.1`);
    assert.equal(await pings('boat', `${lan}.1`), true, 'reaches the other machine');
    const [address = ''] = addressesInside(pid);
    assert.equal(await ok('port boat'), '', 'nothing of it is published');
    assert.match(ip(`-n ${machine} neigh show ${address}`), /02:42:00:00:01:01/, 'known by its own address');
    await ok('run -d --name raft base:1 sleep 999');
    await ok('network connect lan raft');
    assert.match(ipInside(await pidOf('raft'), '-d link show eth1'), /macvlan/);
    assert.equal(await pings('raft', address), true, 'containers reach each other');
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    await ok('network disconnect lan raft');
    assert.doesNotMatch(ipInside(await pidOf('raft'), 'link'), /eth1/);
    assert.match((await docker('network rm lan')).stderr, /network lan has active endpoints \(name:"boat"/);
    await ok('rm -f boat raft');
    await ok('network rm lan');
    assert.ok(existsSync(`/sys/class/net/${card}`), 'the card is not ours');
  });

  test('private containers of one card do not reach each other', async () => {
    await ok(
      `network create -d macvlan --subnet ${lan}.0/24 -o parent=${card} -o macvlan_mode=private cells`,
    );
    await ok(`run -d --name one --network cells --ip ${lan}.21 base:1 sleep 999`);
    await ok(`run -d --name two --network cells --ip ${lan}.22 base:1 sleep 999`);
    assert.equal(await pings('one', `${lan}.1`), true);
    assert.equal(await pings('one', `${lan}.22`), false);
    await ok('rm -f one two');
    await ok('network rm cells');
  });

  test('a passthru network has the card to itself', async () => {
    const alone = { Driver: 'macvlan', Options: { parent: card, macvlan_mode: 'passthru' } };
    assert.equal(await create({ Name: 'alone', ...alone }), '201 ');
    const [{ Id }] = JSON.parse(await ok('network inspect alone'));
    assert.equal(
      await create({ Name: 'second', ...alone }),
      `500 cannot use mode passthru, macvlan network ${Id} is already using parent interface ${card}`,
    );
    await ok('create --name own --network alone base:1 sleep 999');
    // The kernel takes devices of containers that have ended off the card in its own time.
    await eventually('the card is free', async () => (await docker('start own')).code === 0);
    assert.match(ipInside(await pidOf('own'), '-d link show eth0'), /macvlan mode passthru/);
    await ok('rm -f own');
    await ok('network rm alone');
  });

  test('without a parent the network leads nowhere, and leaves nothing behind', async () => {
    await ok('network create -d macvlan closed');
    await ok('run -d --name left --network closed base:1 sleep 999');
    await ok('run -d --name right --network closed base:1 sleep 999');
    const [address = ''] = addressesInside(await pidOf('right'));
    assert.equal(gatewayInside(await pidOf('left')), undefined);
    assert.equal(await pings('left', address), true);
    const [{ Id }] = JSON.parse(await ok('network inspect closed'));
    await ok('rm -f left right');
    await ok('network rm closed');
    assert.ok(!existsSync(`/sys/class/net/dm-${Id.slice(0, 11)}`));
  });

  test('what can’t be is refused in Docker’s words', async () => {
    const refusals: readonly (readonly [driver: string, options: Record<string, string>, text: string])[] = [
      ['macvlan', { parent: 'lo' }, 'loopback interface is not a valid macvlan parent link'],
      ['ipvlan', { parent: 'lo' }, 'loopback interface is not a valid ipvlan parent link'],
      [
        'macvlan',
        { parent: 'nosuch' },
        'invalid subinterface vlan name nosuch, example formatting is eth0.10',
      ],
      ['macvlan', { parent: 'nosuch.10' }, '-o parent interface was not found on the host: nosuch'],
      [
        'macvlan',
        { macvlan_mode: 'bogus' },
        "requested macvlan mode 'bogus' is not valid, 'bridge' mode is the macvlan driver default",
      ],
      [
        'ipvlan',
        { ipvlan_mode: 'bogus' },
        "requested ipvlan mode 'bogus' is not valid, 'l2' mode is the ipvlan driver default",
      ],
      [
        'ipvlan',
        { ipvlan_flag: 'bogus' },
        "requested ipvlan flag 'bogus' is not valid, 'bridge' is the ipvlan driver default",
      ],
    ];
    for (const [Driver, Options, text] of refusals) {
      assert.equal(await create({ Name: 'refused', Driver, Options }), `500 ${text}`);
    }
    assert.match((await docker('network inspect refused')).stderr, /network refused not found/);
  });

  test('a device of a VLAN is made and taken away, or the kernel’s refusal is told', async () => {
    const vlan = `${card}.10`;
    const answer = await create({ Name: 'tagged', Driver: 'macvlan', Options: { parent: vlan } });
    if (answer !== '201 ') {
      assert.equal(answer, `500 failed to create ${vlan} vlan link: operation not supported`);
      return;
    }
    assert.match(ip(`-d link show ${vlan}`), /vlan protocol 802.1Q id 10/);
    await ok('network rm tagged');
    assert.ok(!existsSync(`/sys/class/net/${vlan}`));
  });

  test('an ipvlan container shares the card’s address, where the kernel has ipvlan', async () => {
    await ok(`network create -d ipvlan --subnet ${lan}.0/24 -o parent=${card} flat`);
    const started = await docker('run -d --name skiff --network flat base:1 sleep 999');
    if (started.code !== 0) {
      assert.match(
        started.stderr,
        /failed to set up container networking: failed to create the ipvlan port: operation not supported/,
      );
    } else {
      assert.match(ipInside(await pidOf('skiff'), '-d link show eth0'), /ipvlan +mode l2/);
      assert.equal(await pings('skiff', `${lan}.1`), true);
    }
    await ok('rm -f skiff');
    await ok('network rm flat');
  });
});
