import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { exchange } from '../testing/exchange.ts';
import { type Lan, makeLan } from '../testing/lan.ts';
import { eventually } from '../testing/programs.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

/** What `network inspect` tells, as far as it is looked at here. */
interface Inspected {
  readonly Id: string;
  readonly EnableIPv4: boolean;
  readonly EnableIPv6: boolean;
  readonly IPAM: { readonly Config: readonly Readonly<Record<string, unknown>>[] };
  readonly Status?: unknown;
}

const prefix = 'com.docker.network';
const anyEndpoint = '.NetworkSettings.Networks';

describe('the network model', () => {
  const base = busyboxImage('base:1', { Cmd: ['sleep', '600'] });
  let lan: Lan;
  let wharf: TestWharf;
  before(async () => {
    lan = await makeLan();
    wharf = await startWharf({ program: lan.wharfd });
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(base) });
  });
  after(async () => {
    await wharf?.[Symbol.asyncDispose]();
    await lan?.[Symbol.asyncDispose]();
  });

  const words = (text: string) => text.split(' ');
  const ok = (args: string) => wharf.dockerOk(words(args));
  const refused = async (args: string) => (await wharf.docker(words(args))).stderr;
  const inspect = async (name: string): Promise<Inspected> =>
    JSON.parse(await ok(`network inspect -v ${name}`))[0];
  const given = (container: string, network: string, field: string) =>
    wharf.dockerOk(['inspect', '-f', `{{(index ${anyEndpoint} "${network}").${field}}}`, container]);
  const bridgeOf = async (name: string) => `br-${(await inspect(name)).Id.slice(0, 12)}`;
  const subnetsOf = async (name: string) => (await inspect(name)).IPAM.Config.map(({ Subnet }) => Subnet);

  test('J18 every container has a network of its own, and what it changes there is its own affair', async () => {
    await ok('run -d --name left --cap-add NET_ADMIN base:1');
    await ok('run -d --name right base:1');
    const namespaces = await Promise.all(
      ['left', 'right'].map(async (name) =>
        readlinkSync(`/proc/${await ok(`inspect -f {{.State.Pid}} ${name}`)}/ns/net`),
      ),
    );
    const host = readlinkSync(`/proc/${wharf.pid}/ns/net`);
    assert.equal(new Set([...namespaces, host]).size, 3);
    const before = [await ok('exec right ip addr'), lan.host.run('ip', 'route')];
    await ok('exec left ip addr add 10.99.0.1/24 dev eth0');
    await ok('exec left ip route add blackhole 10.98.0.0/16');
    assert.deepEqual([await ok('exec right ip addr'), lan.host.run('ip', 'route')], before);
    await ok('rm -f left right');
  });

  test('addresses come of the range, fixed ones of the subnet, and reserved ones are nobody’s', async () => {
    const pool =
      '--subnet 10.91.0.0/16 --ip-range 10.91.5.0/30 --gateway 10.91.5.0 --aux-address box=10.91.5.2';
    await ok(`network create ${pool} pier`);
    assert.deepEqual((await inspect('pier')).IPAM.Config, [
      {
        Subnet: '10.91.0.0/16',
        IPRange: '10.91.5.0/30',
        Gateway: '10.91.5.0',
        AuxiliaryAddresses: { box: '10.91.5.2' },
      },
    ]);
    await ok('run -d --name aa --network pier base:1');
    await ok('run -d --name bb --network pier base:1');
    assert.deepEqual(
      [await given('aa', 'pier', 'IPAddress'), await given('bb', 'pier', 'IPAddress')],
      ['10.91.5.1', '10.91.5.3'],
    );
    assert.match(
      await refused('run -d --name cc --network pier base:1'),
      /failed to set up container networking: no available IPv4 addresses on this network's address pools: pier \([0-9a-f]{64}\)/,
    );
    await ok('run -d --name dd --network pier --ip 10.91.77.7 --mac-address 02:42:0a:5b:4d:07 base:1');
    assert.equal(await given('dd', 'pier', 'MacAddress'), '02:42:0a:5b:4d:07');
    for (const taken of ['10.91.77.7', '10.91.5.0', '10.91.5.2', '10.91.0.0', '10.91.255.255']) {
      assert.match(
        await refused(`run --rm --network pier --ip ${taken} base:1 true`),
        /Address already in use/,
        taken,
      );
    }
    assert.match(
      await refused('run --rm --network pier --ip 10.92.0.1 base:1 true'),
      /no configured subnet or ip-range contain the IP address 10\.92\.0\.1/,
    );
    assert.deepEqual((await inspect('pier')).Status, {
      IPAM: { Subnets: { '10.91.0.0/16': { IPsInUse: 7, DynamicIPsAvailable: 0 } } },
    });
    await ok('rm -f aa bb dd');
    await ok('network rm pier');
  });

  test('a network may have several subnets: the next is used when one is full, and all reach each other', async () => {
    await ok('network create --subnet 10.93.0.0/30 --subnet 10.93.1.0/24 docks');
    await ok('run -d --name aa --network docks base:1');
    await ok('run -d --name bb --network docks base:1');
    assert.deepEqual(
      [await given('aa', 'docks', 'IPAddress'), await given('bb', 'docks', 'Gateway')],
      ['10.93.0.2', '10.93.1.1'],
    );
    assert.match(await ok('exec aa ping -c 1 -W 2 10.93.1.2'), /1 packets received/);
    await ok('rm -f aa bb');
    await ok('network rm docks');
  });

  test('a network that says nothing of it has IPv6, at once and with nobody having to set the host up', async () => {
    const listening = () => lan.host.run('cat', '/proc/sys/net/ipv6/conf/lan/accept_ra').trim();
    assert.equal(listening(), '1');
    await ok('network create shore');
    const { EnableIPv6, IPAM } = await inspect('shore');
    const [, six] = IPAM.Config;
    assert.equal(EnableIPv6, true);
    assert.match(String(six?.Subnet), /^fd[0-9a-f]{2}:[0-9a-f:]+::\/64$/);
    await ok('run -d --name aa --network shore base:1');
    assert.match(await ok('run --rm --network shore base:1 ip -6 addr show dev eth0'), /inet6 fe80::/);
    const address = await given('aa', 'shore', 'GlobalIPv6Address');
    assert.equal(address, String(six?.Gateway).replace(/1$/, '2'));
    const inside = await ok('exec aa ip -6 addr show dev eth0');
    assert.match(inside, new RegExp(`inet6 ${address}/64 scope global`));
    assert.doesNotMatch(inside, /tentative/);
    assert.match(await ok('exec aa ip -6 route'), new RegExp(`default via ${six?.Gateway} dev eth0`));
    assert.match(await ok('exec aa cat /etc/hosts'), new RegExp(`^${address}\\s`, 'm'));
    assert.match(
      await ok(`run --rm --network shore base:1 ping -6 -c 1 -W 2 ${address}`),
      /1 packets received/,
    );
    assert.match(
      lan.host.run('ip', '-6', 'addr', 'show', await bridgeOf('shore')),
      new RegExp(`inet6 ${six?.Gateway}/64 scope global nodad`),
    );
    assert.equal(listening(), '2', 'a host that learns its routes from routers goes on to');
    await ok('rm -f aa');
    await ok('network rm shore');
  });

  test('who names subnets or families gets these and no others', async () => {
    await ok('network create --subnet 10.94.0.0/24 four');
    await ok('network create --ipv6=false plain');
    await ok('network create --ipv4=false six');
    await ok('network create --subnet fd00:94::/64 --gateway fd00:94::99 both');
    const families = async (name: string) => {
      const { EnableIPv4, EnableIPv6 } = await inspect(name);
      return [EnableIPv4, EnableIPv6];
    };
    assert.deepEqual(await Promise.all(['four', 'plain', 'six', 'both'].map(families)), [
      [true, false],
      [true, false],
      [false, true],
      [true, true],
    ]);
    assert.equal((await subnetsOf('plain')).length, 1);
    for (const name of ['plain', 'six']) {
      const key = `/proc/sys/net/ipv6/conf/${await bridgeOf(name)}/accept_ra`;
      assert.equal(lan.host.run('cat', key).trim(), '0', 'no container tells the host its routes');
    }
    const alone = await ok('run --rm --network six base:1 ip addr show dev eth0');
    assert.match(alone, /inet6 fd/);
    assert.doesNotMatch(alone, /inet /);
    await ok('run -d --name aa --network both --ip6 fd00:94::7 base:1');
    assert.equal(await given('aa', 'both', 'IPv6Gateway'), 'fd00:94::99');
    assert.match(await refused('run --rm --network both --ip6 fd00:94::7 base:1'), /Address already in use/);
    await ok('rm -f aa');
    await ok('network rm four plain six both');
  });

  test('no subnet is chosen that a route of the host leads to, in whichever table and family', async () => {
    await ok('network create first');
    const [four = '', six = ''] = (await subnetsOf('first')).map(String);
    await ok('network rm first');
    lan.host.run('ip', 'route', 'add', four.replace('0.0/16', '7.0/24'), 'dev', 'lan', 'table', '77');
    lan.host.run('ip', '-6', 'route', 'add', six, 'dev', 'lan', 'table', '77');
    await ok('network create second');
    const second = await subnetsOf('second');
    assert.notEqual(second[0], four);
    assert.notEqual(second[1], six);
    const route = String(second[0]).replace('0.0/16', '9.0/24');
    lan.host.run('ip', 'route', 'add', route, 'dev', 'lan', 'table', '77');
    const told = new RegExp(`a route of the host leads to addresses of a network.*second.*${route}`);
    await eventually('the clash is told', async () => told.test(wharf.log()));
    await ok('network rm second');
    lan.host.run('ip', 'route', 'flush', 'table', '77');
    lan.host.run('ip', '-6', 'route', 'flush', 'table', '77');
  });

  for (const [args, message] of [
    [
      '--subnet 10.91.0.1/24 x',
      /invalid network config:\ninvalid subnet 10\.91\.0\.1\/24: it should be 10\.91\.0\.0\/24/,
    ],
    ['--subnet 10.91.0.0/33 x', /invalid subnet 10\.91\.0\.0\/33: invalid CIDR block notation/],
    ['--ipv4=false --ipv6=false x', /IPv4 or IPv6 must be enabled/],
    ['-d nope x', /plugin "nope" not found/],
    ['-d host x', /only one instance of "host" network is allowed/],
    ['bridge', /operation is not permitted on predefined bridge network/],
    ['--scope swarm x', /cannot create a swarm scoped network when swarm is not active/],
    ['--ingress x', /Ingress network can only be global scope network/],
    ['--config-from nope x', /configuration network "nope" does not exist/],
    [`-o ${prefix}.driver.mtu=x x`, /failed to parse com\.docker\.network\.driver\.mtu value: x/],
    [`-o ${prefix}.bridge.name=lan x`, /existing interface lan is not a bridge/],
  ] as const) {
    test(`network create ${args} is refused in Docker’s words`, async () => {
      assert.match(await refused(`network create ${args}`), message);
    });
  }

  test('overlaps, names and bridges that others have are refused, and nothing is left of the attempt', async () => {
    await ok(`network create --subnet 10.95.0.0/16 -o ${prefix}.bridge.name=wt-wharf1 mine`);
    const devices = () => [...lan.host.run('ip', '-o', 'link').matchAll(/^\d+: [^:]+/gm)].map(String);
    const before = [devices(), lan.host.run('nft', 'list', 'tables')];
    assert.match(
      await refused('network create --subnet 10.95.7.0/24 other'),
      /invalid pool request: Pool overlaps with other one on this address space/,
    );
    assert.match(await refused('network create mine'), /network with name mine already exists/);
    assert.match(
      await refused(`network create -o ${prefix}.bridge.name=wt-wharf1 other`),
      /networks have same bridge name/,
    );
    assert.deepEqual([devices(), lan.host.run('nft', 'list', 'tables')], before);
    await ok('network rm mine');
  });

  test('options, labels and unknown options are kept; MTU, prefix and bridge name are obeyed', async () => {
    const options = [`${prefix}.driver.mtu=1400`, `${prefix}.container_iface_prefix=sea`, 'own.option=1'];
    const flags = options.map((option) => `-o ${option}`).join(' ');
    await ok(`network create ${flags} -o ${prefix}.bridge.name=wt-wharf2 --label tier=web --internal quay`);
    const format = '{{.Internal}} {{json .Labels}} {{index .Options "own.option"}}';
    assert.equal(await wharf.dockerOk(['network', 'inspect', '-f', format, 'quay']), 'true {"tier":"web"} 1');
    assert.match(lan.host.run('ip', 'link', 'show', 'wt-wharf2'), /mtu 1400/);
    assert.match(await ok('run --rm --network quay base:1 ip link show sea0'), /mtu 1400/);
    assert.doesNotMatch(await ok('run --rm --network quay base:1 ip route'), /default/);
    await ok('network rm quay');
  });

  test('a configuration is no network; those made after it have what it says, and keep it from being removed', async () => {
    await ok(
      `network create --config-only --subnet 10.96.0.0/24 --label l=1 -o ${prefix}.driver.mtu=1300 plan`,
    );
    await ok('network create --config-from plan built');
    const format = '{{.ConfigFrom.Network}} {{.Labels.l}} {{(index .IPAM.Config 0).Subnet}} {{.Options}}';
    assert.equal(
      await wharf.dockerOk(['network', 'inspect', '-f', format, 'built']),
      `plan 1 10.96.0.0/24 map[${prefix}.driver.mtu:1300]`,
    );
    assert.match(
      await refused('run --rm --network plan base:1'),
      /cannot create endpoint on configuration-only network/,
    );
    assert.match(await refused('network rm plan'), /configuration network "plan" is in use/);
    assert.match(
      await refused('network create --config-from plan --label z=2 again'),
      /user specified configurations are not supported if the network depends on a configuration network/,
    );
    await ok('network rm built');
    assert.doesNotMatch(await ok('network prune -f'), /plan/);
    await ok('network rm plan');
  });

  test('a network that refuses to go keeps no other from being pruned', async () => {
    for (const name of ['one', 'two', 'three']) await ok(`network create ${name}`);
    const bridge = await bridgeOf('two');
    lan.host.run('ip', 'link', 'delete', bridge);
    lan.host.run('ip', 'link', 'add', bridge, 'type', 'veth', 'peer', 'name', 'wt-peer');
    const pruned = words((await ok('network prune -f')).replaceAll('\n', ' '));
    assert.deepEqual(pruned.filter((word) => ['one', 'two', 'three'].includes(word)).sort(), [
      'one',
      'three',
    ]);
    assert.match(await refused('network rm two'), /existing interface .* is not a bridge/);
    lan.host.run('ip', 'link', 'delete', bridge);
    await ok('network rm two');
  });

  test('a bridge that somebody deletes is made again by the next start, with the containers that run', async () => {
    await ok('network create pool');
    const bridge = await bridgeOf('pool');
    await ok('run -d --name aa --network pool base:1');
    lan.host.run('ip', 'link', 'delete', bridge);
    assert.match(await ok('run --rm --network pool base:1 ping -c 1 -W 2 aa'), /1 packets received/);
    lan.host.run('ip', 'link', 'delete', bridge);
    await wharf.stop('SIGKILL');
    await wharf.start([], lan.wharfd);
    assert.match(await ok('run --rm --network pool base:1 ping -c 1 -W 2 aa'), /1 packets received/);
    assert.match(lan.host.run('ip', 'addr', 'show', bridge), /inet6 fd/);
    await ok('rm -f aa');
    await ok('network rm pool');
  });

  test('network ls and inspect find, filter and format as Docker’s', async () => {
    await ok('network create --label tier=web east');
    await ok('network create --ipv6=false a/b');
    const names = (filter: string) => ok(`network ls ${filter} --format {{.Name}}`);
    assert.equal(await names('--filter label=tier=web'), 'east');
    assert.equal(await names('--filter type=custom'), 'a/b\neast');
    assert.equal(await names('--filter driver=null'), 'none');
    assert.equal(await names('--filter dangling=true'), 'a/b\neast');
    assert.equal(await names('--filter scope=swarm'), '');
    assert.match(await refused('network ls --filter colour=red'), /invalid filter 'colour'/);
    assert.match(await refused('network ls --filter type=x'), /invalid filter: 'type'='x'/);
    const columns = '{{.IPv4}} {{.IPv6}} {{.Internal}} {{.Scope}} {{.Labels}}';
    assert.equal(
      await wharf.dockerOk(['network', 'ls', '-f', 'name=east', '--format', columns]),
      'true true false local tier=web',
    );
    assert.equal(await ok('network inspect -f {{.Name}} a/b'), 'a/b');
    assert.match(await refused('network inspect nope'), /network nope not found/);
    const scoped = async (scope: string) =>
      (await exchange(wharf.socketPath, 'GET', `/v1.44/networks/east?scope=${scope}`)).status;
    assert.deepEqual([await scoped('local'), await scoped('swarm')], [200, 404]);
    const own = await wharf.wharf(['network', 'inspect', 'east']);
    assert.deepEqual(JSON.parse(own.stdout), JSON.parse(await ok('network inspect east')));
    await ok('network rm east a/b');
  });

  test('the daemon’s settings give the default bridge IPv6, and networks other pools', async () => {
    await wharf.stop();
    const pools = ['base=10.30.0.0/23,size=24', 'base=fd00:30::/63,size=64'];
    const flags = pools.flatMap((pool) => ['--default-address-pool', pool]);
    await wharf.start([...flags, '--ipv6', '--fixed-cidr-v6', 'fd00:31::/64'], lan.wharfd);
    assert.match(await ok('run --rm base:1 ip -6 addr show dev eth0'), /inet6 fd00:31::2\/64/);
    await ok('network create first');
    await ok('network create second');
    assert.deepEqual(await subnetsOf('second'), ['10.30.1.0/24', 'fd00:30:0:1::/64']);
    assert.match(
      await refused('network create third'),
      /all predefined address pools have been fully subnetted/,
    );
    await wharf.stop();
    await wharf.start(['--default-network-opt', `bridge=${prefix}.enable_ipv6=false`], lan.wharfd);
    assert.doesNotMatch(await ok('run --rm base:1 ip -6 addr show dev eth0'), /fd00:31/);
    await ok('network create fourth');
    assert.equal((await inspect('fourth')).EnableIPv6, false);
    assert.deepEqual(await subnetsOf('second'), ['10.30.1.0/24', 'fd00:30:0:1::/64'], 'networks keep theirs');
    await ok('network rm first second fourth');
  });
});
