import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { freeSubnet } from '../testing/free-subnet.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('networks of containers that stand still, or have their own way with their devices', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const quay = freeSubnet();

  before(async () => {
    await ok(`network create --subnet ${quay}.0/24 quay`);
    await ok('network create --ipv6 pier');
  });

  const refusal = async (args: string) => (await docker(args)).stderr.split('\n')[0];
  const networksOf = async (name: string) =>
    Object.keys(JSON.parse(await ok(['inspect', '-f', '{{json .NetworkSettings.Networks}}', name]))).sort();

  test('a stopped container may be told of a network before there is one, and after it has gone', async () => {
    await ok('create --name idle base:1 sleep 999');
    await ok('network connect lagoon idle');
    const missing =
      'Error response from daemon: failed to set up container networking: network lagoon not found';
    assert.equal(await refusal('start idle'), missing);
    await ok('network create lagoon');
    await ok('start idle');
    assert.deepEqual(await networksOf('idle'), ['bridge', 'lagoon']);
    await ok('stop -t 0 idle');
    await ok('network rm lagoon');
    assert.equal(await refusal('start idle'), missing);
    await ok('network disconnect lagoon idle');
    await ok('start idle');
    assert.match((await refusal('network disconnect lagoon idle')) ?? '', /network lagoon not found/);
    await ok('rm -f idle');
  });

  test('predefined networks are refused as such, in use or not', async () => {
    await ok('run -d --name one base:1 sleep 999');
    const text = 'bridge is a pre-defined network and cannot be removed';
    assert.equal(await refusal('network rm bridge'), `Error response from daemon: ${text}`);
    await ok('rm -f one');
  });

  test('a device knows IPv6 where its network has it, and nowhere else', async () => {
    const state = (device: string) => ok(`exec deaf cat /proc/sys/net/ipv6/conf/${device}/disable_ipv6`);
    await ok('run -d --name deaf base:1 sleep 999');
    assert.equal(await state('eth0'), '1');
    await ok('network connect pier deaf');
    assert.equal(await state('eth1'), '0');
    await ok('network connect quay deaf');
    assert.equal(await state('eth2'), '1');
    await ok('rm -f deaf');
  });

  test('packets too small for IPv6 keep no network from IPv4', async () => {
    const mtu = 'com.docker.network.driver.mtu=1000';
    await ok(`network create -o ${mtu} narrow`);
    assert.equal(await ok('network inspect -f {{.EnableIPv6}} narrow'), 'false');
    assert.match(await ok('run --rm --network narrow base:1 ip -o link'), /eth0.* mtu 1000/);
    await ok('run -d --name small base:1 sleep 999');
    await ok('network connect narrow small');
    assert.match(await ok('exec small ip -o link'), /eth1.* mtu 1000/);
    assert.equal(
      await refusal(`network create --ipv6 -o ${mtu} narrower`),
      'Error response from daemon: invalid MTU number: 1000: IPv6 needs at least 1280',
    );
    await ok('rm -f small');
    await ok('network rm narrow');
  });

  test('a container that has turned IPv6 off goes on to join networks and leave them', async () => {
    await ok('run -d --name mute --sysctl net.ipv6.conf.all.disable_ipv6=1 --network pier base:1 sleep 999');
    assert.doesNotMatch(await ok('exec mute ip -o address'), /inet6/);
    await ok('network create --ipv6 slip');
    await ok('network connect slip mute');
    await ok('network connect quay mute');
    await ok('network disconnect pier mute');
    assert.match(await ok('exec mute ip route'), new RegExp(`default via ${quay}.1`));
    assert.deepEqual(await networksOf('mute'), ['quay', 'slip']);
    await ok('rm -f mute');
    await ok('network rm slip');
  });

  test('who shares the network of a container is left without when that one ends, whatever it is called by then', async () => {
    await ok('run -d --name holder --network quay base:1 sleep 999');
    await ok('run -d --name sharer --network container:holder base:1 sleep 999');
    await ok('rename holder owner');
    await ok('restart -t 0 owner');
    assert.doesNotMatch(await ok('exec sharer ip -o link'), /eth0/);
    await ok('rm -f owner sharer');
  });

  test('a container that has removed one device can be taken out of both networks', async () => {
    await ok('run -d --name bare --cap-add NET_ADMIN --network quay base:1 sleep 999');
    await ok('network connect pier bare');
    await ok('exec bare ip link del eth1');
    await ok('network disconnect quay bare');
    await ok('network disconnect pier bare');
    assert.doesNotMatch(await ok('exec bare ip -o link'), /eth/);
    await ok('network connect quay bare');
    assert.deepEqual(await networksOf('bare'), ['quay']);
    await ok('rm -f bare');
  });
});
