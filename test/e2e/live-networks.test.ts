import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { freePort } from '../testing/free-port.ts';
import { freeSubnet } from '../testing/free-subnet.ts';
import { addressesInside, gatewayInside, ipInside } from '../testing/inside.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

interface Endpoint {
  readonly IPAddress: string;
  readonly Gateway: string;
  readonly MacAddress: string;
  readonly GwPriority: number;
  readonly Aliases: readonly string[] | null;
  readonly DNSNames: readonly string[] | null;
  readonly DriverOpts: Readonly<Record<string, string>> | null;
  readonly EndpointID: string;
}

describe('networks of running containers', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const quay = freeSubnet();

  const inspect = async (name: string) => {
    const { text } = await exchange(suite.wharf.socketPath, 'GET', `/containers/${name}/json`);
    const { Id, State, NetworkSettings } = JSON.parse(text);
    const networks: Readonly<Record<string, Endpoint>> = NetworkSettings.Networks;
    return { id: String(Id), pid: Number(State.Pid), networks };
  };
  const run = async (name: string, options = '') => {
    await ok(`run -d --name ${name} ${options} base:1 sleep 999`.replaceAll(/ +/g, ' '));
    return await inspect(name);
  };
  const change = async (verb: 'connect' | 'disconnect', network: string, name: string, wish?: object) => {
    const body = { Container: name, ...(wish && { EndpointConfig: wish }) };
    const answer = await exchange(suite.wharf.socketPath, 'POST', `/networks/${network}/${verb}`, body);
    return `${answer.status} ${answer.text === '' ? '' : JSON.parse(answer.text).message}`;
  };
  const answers = async (url: string) => (await fetch(url, { signal: AbortSignal.timeout(2000) })).text();

  before(async () => {
    await ok(`network create --subnet ${quay}.0/24 quay`);
    await ok('network create pier');
    await ok('network create --internal yard');
  });

  test('a container comes into networks and out of them while it runs', async () => {
    const since = String(Date.now() / 1000);
    const boat = await run('boat', '--network quay --hostname boat');
    await ok('network connect --alias dinghy pier boat');
    await ok('network connect yard boat');
    const joined = await inspect('boat');
    assert.deepEqual(Object.keys(joined.networks).sort(), ['pier', 'quay', 'yard']);
    assert.deepEqual(joined.networks.pier?.Aliases, ['dinghy']);
    assert.deepEqual(joined.networks.pier?.DNSNames, ['boat', 'dinghy', joined.id.slice(0, 12)]);
    const told = Object.values(joined.networks).map(({ IPAddress }) => IPAddress);
    assert.deepEqual(addressesInside(boat.pid).sort(), told.sort());
    assert.match(ipInside(boat.pid, '-br link'), /eth0[\s\S]*eth1[\s\S]*eth2/);
    assert.equal(gatewayInside(boat.pid), joined.networks.pier?.Gateway, 'the name that comes first');
    const hosts = await ok('exec boat cat /etc/hosts');
    for (const address of told) assert.ok(hosts.includes(`${address}\tboat`), hosts);

    await ok('network disconnect quay boat');
    await ok('network disconnect pier boat');
    const left = await inspect('boat');
    assert.deepEqual(Object.keys(left.networks), ['yard']);
    assert.deepEqual(addressesInside(boat.pid), [left.networks.yard?.IPAddress]);
    assert.equal(gatewayInside(boat.pid), undefined, 'an internal network leads nowhere');
    assert.doesNotMatch(await ok('exec boat cat /etc/hosts'), new RegExp(`${quay}\\.`));

    ipInside(boat.pid, 'link add eth0 type veth peer name own');
    await ok('network connect quay boat');
    assert.match(
      ipInside(boat.pid, '-br address show eth1'),
      new RegExp(`${quay}\\.`),
      'the lowest free number',
    );
    const shown = await ok([
      ...['events', '--since', since, '--until', String(Date.now() / 1000)],
      ...['--filter', 'type=network', '--format', '{{.Action}} {{.Actor.Attributes.name}}'],
    ]);
    const expected = ['connect quay', 'connect pier', 'connect yard', 'disconnect quay', 'disconnect pier'];
    assert.deepEqual(shown.split('\n'), [...expected, 'connect quay']);
    await ok('restart -t 0 boat');
    assert.deepEqual(Object.keys((await inspect('boat')).networks).sort(), ['quay', 'yard']);
    await ok('rm -f boat');
  });

  test('what was changed outlives the daemon, and what a container wrote to its hosts file stays', async () => {
    const { pid } = await run('barge', '--network quay');
    await ok(['exec', 'barge', 'sh', '-c', 'echo "10.1.1.1 lighthouse" >> /etc/hosts']);
    await ok('network connect pier barge');
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    const { networks } = await inspect('barge');
    assert.deepEqual(Object.keys(networks).sort(), ['pier', 'quay']);
    await ok('network disconnect quay barge');
    assert.deepEqual(addressesInside(pid), [networks.pier?.IPAddress]);
    assert.match(await ok('exec barge cat /etc/hosts'), /10\.1\.1\.1 lighthouse/);
    const other = await run('other', `--network quay --ip ${networks.quay?.IPAddress}`);
    assert.equal(other.networks.quay?.IPAddress, networks.quay?.IPAddress, 'the address is free again');
    await ok('rm -f barge other');
  });

  test('every wish for a place in a network is kept, at the start and live', async () => {
    const sysctls = 'com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1';
    const name = 'com.docker.network.endpoint.ifname=sea0';
    const network = (text: string) => ['--network', text];
    await ok([
      ...['run', '-d', '--name', 'ship'],
      ...network(`name=quay,ip=${quay}.77,mac-address=02:42:00:00:00:77,driver-opt=${name}`),
      ...network(`name=pier,gw-priority=-1,alias=pinnace,"driver-opt=${sysctls}"`),
      ...['base:1', 'sleep', '999'],
    ]);
    const { pid, networks } = await inspect('ship');
    assert.deepEqual(
      [networks.quay?.IPAddress, networks.quay?.MacAddress],
      [`${quay}.77`, '02:42:00:00:00:77'],
    );
    assert.match(ipInside(pid, 'address show sea0'), new RegExp(`02:42:00:00:00:77[\\s\\S]*${quay}.77/24`));
    assert.equal(await ok('exec ship cat /proc/sys/net/ipv4/conf/eth0/log_martians'), '1');
    assert.equal(gatewayInside(pid), networks.quay?.Gateway, 'the higher priority');
    assert.deepEqual([networks.pier?.GwPriority, networks.pier?.Aliases], [-1, ['pinnace']]);

    await ok('network disconnect quay ship');
    await ok(
      `network connect --ip ${quay}.78 --gw-priority 3 --link-local-ip 169.254.8.8 --driver-opt ${sysctls} quay ship`,
    );
    const again = await inspect('ship');
    assert.deepEqual([again.networks.quay?.IPAddress, again.networks.quay?.GwPriority], [`${quay}.78`, 3]);
    assert.match(ipInside(pid, 'address show eth1'), /inet 169\.254\.8\.8\/16/);
    assert.equal(await ok('exec ship cat /proc/sys/net/ipv4/conf/eth1/log_martians'), '1');
    assert.equal(gatewayInside(pid), again.networks.quay?.Gateway);
    await ok('rm -f ship');
  });

  test('networks may be told by their ids, also both ways at once', async () => {
    const { Id } = JSON.parse(await ok('network inspect quay'))[0];
    const body = {
      ...{ Image: 'base:1', Cmd: ['sleep', '999'], HostConfig: { NetworkMode: 'quay' } },
      NetworkingConfig: { EndpointsConfig: { [Id]: { Aliases: ['byid'] }, pier: {} } },
    };
    const made = await exchange(suite.wharf.socketPath, 'POST', '/containers/create?name=lugger', body);
    assert.equal(made.status, 201, made.text);
    await ok('start lugger');
    const { pid, networks } = await inspect('lugger');
    assert.deepEqual(Object.keys(networks).sort(), ['pier', 'quay']);
    assert.deepEqual(networks.quay?.Aliases, ['byid']);
    assert.equal(addressesInside(pid).length, 2);
    assert.equal(await change('disconnect', Id.slice(0, 12), 'lugger'), '200 ');
    await ok('restart -t 0 lugger');
    assert.deepEqual(Object.keys((await inspect('lugger')).networks), ['pier']);
    await ok('rm -f lugger');
  });

  test('published ports go along with the way out, and come back with it', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/hostname`;
    await run('shop', `--network quay --hostname shop -p 127.0.0.1:${port}:80`);
    await ok('exec -d shop httpd -p 80 -h /etc');
    await eventually('it answers', async () => (await answers(url).catch(() => '')) === 'shop\n');
    await ok('network connect pier shop');
    assert.equal(await answers(url), 'shop\n');
    await ok('network disconnect pier shop');
    assert.equal(await answers(url), 'shop\n');
    await ok('network disconnect quay shop');
    assert.equal(await ok('port shop'), '');
    await assert.rejects(answers(url));
    await ok('network connect yard shop');
    assert.equal(await ok('port shop'), '', 'an internal network publishes nothing');
    await ok('network connect quay shop');
    assert.equal(await ok('port shop'), `80/tcp -> 127.0.0.1:${port}`);
    assert.equal(await answers(url), 'shop\n');
    await ok('rm -f shop');
  });

  test('a way out whose ports can’t be had is not taken, and nothing of it is left', async () => {
    const port = await freePort();
    const busy = createServer().listen(port, '127.0.0.1');
    await once(busy, 'listening');
    const { pid } = await run('kiosk', `--network yard -p 127.0.0.1:${port}:80`);
    const [before] = addressesInside(pid);
    assert.match((await docker('network connect quay kiosk')).stderr, /address already in use/);
    assert.deepEqual(addressesInside(pid), [before]);
    assert.deepEqual(Object.keys((await inspect('kiosk')).networks), ['yard']);
    assert.deepEqual(JSON.parse(await ok('network inspect quay'))[0].Containers, {});
    busy.close();
    await once(busy, 'close');
    await ok('network connect quay kiosk');
    assert.equal(await ok('port kiosk'), `80/tcp -> 127.0.0.1:${port}`);
    await ok('rm -f kiosk');
  });

  test('what can’t be is refused in Docker’s words, and nothing of it is left', async () => {
    const { pid, id } = await run('raft', '--network quay');
    await run('guest', '--network host');
    await run('hermit', '--network none');
    await run('twin', '--network container:raft');
    const sharing =
      '400 container sharing network namespace with another container or host cannot be connected to any other network';
    const alone =
      '400 container cannot be connected to multiple networks with one of the networks in private (none) mode';
    const settings = '400 invalid endpoint settings:\n';
    const option = (key: string, value: string) => ({
      DriverOpts: { [`com.docker.network.endpoint.${key}`]: value },
    });
    const address = (IPv4Address: string) => ({ IPAMConfig: { IPv4Address } });
    const refusals: readonly (readonly ['connect' | 'disconnect', string, string, string, object?])[] = [
      ['connect', 'quay', 'raft', '403 endpoint with name raft already exists in network quay'],
      ['connect', 'nosuch', 'raft', '404 network nosuch not found'],
      ['connect', 'quay', 'nosuch', '404 No such container: nosuch'],
      [
        'connect',
        'host',
        'raft',
        '400 cannot connect container to host network - container must be created in host network mode',
      ],
      ['connect', 'none', 'raft', alone],
      ['connect', 'quay', 'hermit', alone],
      ['connect', 'quay', 'guest', sharing],
      ['connect', 'host', 'guest', '403 endpoint with name guest already exists in network host'],
      ['connect', 'quay', 'twin', sharing],
      [
        'disconnect',
        'host',
        'guest',
        '400 cannot disconnect container from host network - container was created in host network mode',
      ],
      ['disconnect', 'pier', 'raft', `500 container ${id} is not connected to network pier`],
      ['disconnect', 'nosuch', 'raft', '404 network nosuch not found'],
      [
        'connect',
        'pier',
        'raft',
        `${settings}user specified IP address is supported only when connecting to networks with user configured subnets`,
        address('10.2.3.4'),
      ],
      ['connect', 'pier', 'raft', '400 invalid MAC address zz', { MacAddress: 'zz' }],
      [
        'connect',
        'pier',
        'raft',
        '400 invalid link local IP address: 10.2.3.4',
        { IPAMConfig: { LinkLocalIPs: ['10.2.3.4'] } },
      ],
      [
        'connect',
        'bridge',
        'raft',
        `${settings}network-scoped alias is supported only for containers in user defined networks`,
        { Aliases: ['x'] },
      ],
      [
        'connect',
        'pier',
        'raft',
        `${settings}unrecognised network interface sysctl 'kernel.x=1'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'`,
        option('sysctls', 'kernel.x=1'),
      ],
    ];
    for (const [verb, network, name, expected, wish] of refusals) {
      assert.equal(await change(verb, network, name, wish), expected);
    }
    const forced = await exchange(suite.wharf.socketPath, 'POST', '/networks/pier/disconnect', {
      Container: 'nosuch',
      Force: true,
    });
    assert.equal(JSON.parse(forced.text).message, 'endpoint nosuch not found');
    const vague = (text: string) => text.replaceAll(/veth[0-9a-f]+/g, 'VETH');
    assert.equal(
      vague(await change('connect', 'pier', 'raft', option('ifname', 'eth0'))),
      '500 failed to add interface VETH to sandbox: error renaming interface "VETH" to "eth0": file exists',
    );
    assert.equal(
      vague(await change('connect', 'pier', 'raft', option('ifname', 'a/b'))),
      '500 failed to add interface VETH to sandbox: error renaming interface "VETH" to "a/b": invalid argument',
    );
    assert.equal(
      vague(await change('connect', 'pier', 'raft', option('sysctls', 'net.ipv4.conf.IFNAME.nosuch=1'))),
      '500 failed to add interface VETH to sandbox: /proc/sys/net/ipv4/conf/eth1/nosuch is not a sysctl file',
    );
    assert.equal(addressesInside(pid).length, 1);
    assert.deepEqual(Object.keys((await inspect('raft')).networks), ['quay']);
    const users = JSON.parse(await ok('network inspect pier'))[0].Containers;
    assert.deepEqual(users, {});
    await ok('rm -f raft guest hermit twin');
  });

  test('a container without a network may be given one', async () => {
    const { pid } = await run('monk', '--network none');
    await ok('network disconnect none monk');
    await ok('network connect quay monk');
    assert.equal(addressesInside(pid).length, 1);
    await ok('network disconnect quay monk');
    await ok('network connect none monk');
    assert.deepEqual(Object.keys((await inspect('monk')).networks), ['none']);
    await ok('rm -f monk');
  });

  test('bridge, host, none and container:NAME are what they say (F20, J06, J07)', async () => {
    const ip = (options: string) => ok(`run --rm ${options} base:1 ip -o address`);
    const lo = '1: lo    inet 127.0.0.1/8 scope host lo';
    const none = await ip('--net=none');
    assert.ok(none.startsWith(lo) && !none.includes('eth0'), none);
    assert.match(await ip('--net=bridge'), /eth0 +inet /);
    const { pid } = await run('captain', '--network quay');
    const [address = ''] = addressesInside(pid);
    assert.ok((await ip('--net=container:captain')).includes(address));
    await ok('run -d --name mate --network container:captain base:1 httpd -f -p 8090 -h /etc');
    const read = () => docker('exec captain wget -qO- http://127.0.0.1:8090/hostname');
    await eventually('it answers at the loopback that both have', async () => (await read()).code === 0);
    const host = await run('deck', '--net=host');
    assert.equal(readlinkSync(`/proc/${host.pid}/ns/net`), readlinkSync('/proc/self/ns/net'));
    await ok('rm -f captain mate deck');
    assert.match(
      (await docker('run --rm --net=container:nosuch base:1 true')).stderr,
      /No such container: nosuch/,
    );
  });

  test('who shares the network of a container that ends is left without, also after the daemon was away', async () => {
    for (const signal of ['none', 'SIGKILL'] as const) {
      const holder = await run('holder', '--network quay');
      const [address = ''] = addressesInside(holder.pid);
      const { pid } = await run('sharer', '--network container:holder');
      if (signal === 'none') await ok('kill holder');
      else {
        await suite.wharf.stop(signal);
        process.kill(holder.pid, 'SIGKILL');
        await suite.wharf.start();
      }
      await eventually('its addresses are gone', async () => addressesInside(pid).length === 0);
      const heir = await run('heir', `--network quay --ip ${address}`);
      assert.deepEqual(addressesInside(heir.pid), [address]);
      await ok('rm -f holder sharer heir');
    }
  });

  test('containers of one network reach each other, those of two do not, one in both is reached by all (J10, J17, J18)', async () => {
    const [left, right] = [await run('left', '--network quay'), await run('right', '--network quay')];
    const far = await run('far', '--network pier');
    const both = [left, right, far].map(({ pid }) => readlinkSync(`/proc/${pid}/ns/net`));
    assert.equal(new Set(both).size, 3, 'each has a network of its own');
    const pings = async (from: string, address = '') =>
      (await docker(`exec ${from} ping -c 1 -W 1 ${address}`)).code === 0;
    assert.equal(await pings('left', right.networks.quay?.IPAddress), true);
    assert.equal(await pings('left', far.networks.pier?.IPAddress), false);
    await ok('network connect pier left');
    assert.match(await ok('exec left ip address'), /eth1/);
    assert.equal(await pings('left', far.networks.pier?.IPAddress), true);
    assert.equal(await pings('left', right.networks.quay?.IPAddress), true);
    assert.equal(await pings('right', far.networks.pier?.IPAddress), false);
    await ok('rm -f left right far');
  });
});
