import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { busyboxPath } from '../fixtures/busybox.ts';
import { ours, theirs } from '../testing/lan.ts';
import { eventually } from '../testing/programs.ts';
import { useLan } from '../testing/use-lan.ts';

const option = 'com.docker.network';

describe('who reaches whom, by the options of a network', () => {
  const suite = useLan();
  const { ok } = suite;
  afterEach(async () => {
    await ok('network prune -f');
  });
  const network = (options: string) =>
    ok(`network create --subnet 10.99.0.0/24 --ipv6 --subnet 2001:db8:99::/64 ${options} port`);
  const start = (name: string, options = '--network port') =>
    ok(`run -d --name ${name} -h ${name} ${options} answer:1`);
  const addressOf = (name: string, field = 'IPAddress') =>
    ok(`inspect -f {{.NetworkSettings.Networks.port.${field}}} ${name}`);
  /** What a container's call is answered; empty for none. */
  const fromContainer = async (name: string, address: string, port = 80) =>
    (await suite.wharf.docker(['exec', name, 'timeout', '1', 'nc', address, String(port)])).stdout.trim();
  const silent = { patienceMs: 500 };

  test('containers of one network talk, those of two do not, but by a published port', async () => {
    await network('');
    await start('web', '--network port -p 808:80');
    await start('beside');
    await start('stranger', '');
    const address = await addressOf('web');
    assert.match(await fromContainer('beside', address), / web$/);
    assert.equal(await fromContainer('stranger', address), '');
    assert.match(await fromContainer('stranger', ours.ipv4, 808), / web$/);
    assert.equal(suite.lan.client.ask(address, 80, silent), 'silence');
  });

  test('enable_icc=false parts the containers of a network, not those who call a published port', async () => {
    await network(`-o ${option}.bridge.enable_icc=false`);
    await start('web', '--network port -p 808:80');
    await start('beside');
    const address = await addressOf('web');
    const address6 = await addressOf('web', 'GlobalIPv6Address');
    assert.equal(await fromContainer('beside', address), '');
    assert.equal(await fromContainer('beside', address6), '');
    assert.match(await fromContainer('beside', ours.ipv4, 808), / web$/);
    assert.match(suite.lan.client.ask(ours.ipv4, 808), / web$/);
  });

  test('an internal network reaches nobody, and only the host reaches it', async () => {
    await network('--internal');
    await start('web');
    await start('beside');
    const address = await addressOf('web');
    assert.match(await fromContainer('beside', address), / web$/);
    assert.match(suite.lan.host.ask(address, 80), / web$/);
    assert.equal(suite.lan.client.ask(address, 80, silent), 'silence');
    using server = suite.lan.client.start(`
      require('node:net').createServer((socket) => socket.end('hello')).listen(7, () => console.log('ready'));`);
    await server.line();
    assert.equal(await fromContainer('web', theirs.ipv4, 7), '');
  });

  test('gateway mode routed opens published ports at the container itself, without translation', async () => {
    const modes = ['ipv4', 'ipv6'].map((family) => `-o ${option}.bridge.gateway_mode_${family}=routed`);
    await network(modes.join(' '));
    await start('web', '--network port -p 808:80');
    const [address, address6] = [await addressOf('web'), await addressOf('web', 'GlobalIPv6Address')];
    assert.equal(suite.lan.client.ask(address, 80), `${theirs.ipv4} web`);
    assert.equal(suite.lan.client.ask(address6, 80), `${theirs.ipv6} web`);
    assert.equal(suite.lan.client.ask(address, 81, silent), 'silence');
    assert.equal(suite.lan.client.ask(ours.ipv4, 808), 'ECONNREFUSED');
    assert.match(suite.lan.client.run(busyboxPath, 'ping', '-c1', '-W1', address), / 0% packet loss/);
    using server = suite.lan.client.start(`
      require('node:net').createServer((socket) => socket.end(socket.remoteAddress)).listen(7, '0.0.0.0', () => console.log('ready'));`);
    await server.line();
    assert.equal(await fromContainer('web', theirs.ipv4, 7), address);
    const ports = await suite.wharf.dockerOk(['inspect', '-f', '{{json .NetworkSettings.Ports}}', 'web']);
    assert.deepEqual(JSON.parse(ports)['80/tcp'], [
      { HostIp: '0.0.0.0', HostPort: '' },
      { HostIp: '::', HostPort: '' },
    ]);
    await ok('rm -f web');
    await start('web');
    assert.equal(suite.lan.client.ask(await addressOf('web'), 80, silent), 'silence');
  });

  test('gateway mode nat-unprotected opens every port at the container itself', async () => {
    await network(`-o ${option}.bridge.gateway_mode_ipv4=nat-unprotected`);
    await start('web', '--network port -p 808:9');
    assert.equal(suite.lan.client.ask(await addressOf('web'), 80), `${theirs.ipv4} web`);
    assert.equal(suite.lan.client.ask(await addressOf('web', 'GlobalIPv6Address'), 80, silent), 'silence');
  });

  test('gateway mode isolated leaves the host out of an internal network', async () => {
    await network(`--internal -o ${option}.bridge.gateway_mode_ipv4=isolated`);
    await start('web');
    await start('beside');
    const address = await addressOf('web');
    assert.match(await fromContainer('beside', address), / web$/);
    assert.notEqual(suite.lan.host.ask(address, 80, silent), 'silent web');
    assert.doesNotMatch(suite.lan.host.ask(address, 80, silent), /web/);
  });

  test('trusted_host_interfaces lets others in by one device', async () => {
    await network(`-o ${option}.bridge.trusted_host_interfaces=lan`);
    await start('web');
    assert.equal(suite.lan.client.ask(await addressOf('web'), 80), `${theirs.ipv4} web`);
  });

  test('containers go out with the address of the host, with another, or with their own', async () => {
    using server = suite.lan.client.start(`
      require('node:net').createServer((socket) => socket.end(socket.remoteAddress)).listen(7, '0.0.0.0', () => console.log('ready'));`);
    await server.line();
    const cases = [
      ['', () => ours.ipv4],
      [`-o ${option}.host_ipv4=${ours.other}`, () => ours.other],
      [`-o ${option}.bridge.enable_ip_masquerade=false`, () => addressOf('web')],
    ] as const;
    for (const [options, expected] of cases) {
      await network(options);
      await start('web');
      assert.equal(await fromContainer('web', theirs.ipv4, 7), await expected());
      await ok('rm -f web');
      await ok('network rm port');
    }
  });

  test('where the daemon keeps containers apart, --link opens the ports that the other one exposes', async () => {
    await suite.wharf.stop();
    await suite.wharf.start(['--icc=false'], suite.lan.wharfd);
    await start('web', '');
    await start('linked', '--link web --expose 81');
    await start('beside', '');
    const address = await ok('inspect -f {{.NetworkSettings.IPAddress}} web');
    const back = await ok('inspect -f {{.NetworkSettings.IPAddress}} linked');
    assert.match(await fromContainer('linked', 'web'), / web$/);
    assert.equal(await fromContainer('beside', address), '');
    assert.equal(await fromContainer('web', back), '');
    suite.lan.host.run('nft', 'flush', 'ruleset');
    await eventually(
      'the rules are back',
      async () => (await fromContainer('linked', 'web')) !== '' || undefined,
    );
    assert.equal(await fromContainer('beside', address), '');
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start(['--icc=false'], suite.lan.wharfd);
    assert.match(await fromContainer('linked', 'web'), / web$/);
    await ok('restart -t 0 web');
    assert.match(await fromContainer('linked', 'web'), / web$/);
    await ok('rm -f web linked');
    assert.doesNotMatch(
      suite.lan.host.run('nft', 'list', 'set', 'ip', suite.wharf.bridge, 'linked_ports'),
      /elements/,
    );
  });
});
