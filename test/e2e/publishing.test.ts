import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ours, theirs } from '../testing/lan.ts';
import { postJson } from '../testing/post-json.ts';
import { useLan } from '../testing/use-lan.ts';

describe('published ports, on a host with a network of its own', () => {
  const suite = useLan();
  const { ok } = suite;
  const words = (line: string) => line.split(' ').filter((word) => word !== '');
  const run = (name: string, options: string) => ok(`run -d --name ${name} -h ${name} ${options} answer:1`);

  test('J11 a port answers from the host, its loopback, another host and containers, who keep their addresses', async () => {
    await run('web', '-p 808:80');
    await run('neighbour', '');
    assert.equal(suite.lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    assert.match(suite.lan.host.ask(ours.ipv4, 808), / web$/);
    assert.match(suite.lan.host.ask('127.0.0.1', 808), / web$/);
    assert.match(suite.lan.host.ask('::1', 808), / web$/);
    assert.match(suite.lan.client.ask(ours.ipv6, 808), / web$/);
    for (const caller of ['web', 'neighbour'])
      assert.match(await ok(`exec ${caller} nc ${ours.ipv4} 808`), / web$/);
    await ok('rm -f web neighbour');
    assert.equal(suite.lan.client.ask(ours.ipv4, 808), 'ECONNREFUSED');
  });

  test('J11 over IPv6 another host keeps its address where the network has IPv6', async () => {
    await ok('network create --ipv6 --subnet 2001:db8:1::/64 six');
    await run('web', '--network six -p 808:80 -p 808:80/udp');
    assert.equal(suite.lan.client.ask(ours.ipv6, 808), `${theirs.ipv6} web`);
    assert.equal(suite.lan.client.ask(ours.ipv6, 808, { protocol: 'udp' }), `${theirs.ipv6} web`);
    assert.equal(suite.lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    assert.match(suite.lan.host.ask('::1', 808), / web$/);
    assert.match(suite.lan.host.ask(ours.ipv6, 808), / web$/);
    assert.match(await ok(`exec web nc ${ours.ipv6} 808`), / web$/);
    const address = await ok('inspect -f {{.NetworkSettings.Networks.six.GlobalIPv6Address}} web');
    assert.equal(suite.lan.client.ask(address, 80, { patienceMs: 500 }), 'silence');
    await ok('rm -f web');
    assert.equal(suite.lan.client.ask(ours.ipv6, 808), 'ECONNREFUSED');
    await ok('network rm six');
  });

  test('J12 J15 -P and port 0 choose free ports, and `docker port` lists them', async () => {
    await run('web', '-P -p 0:9');
    assert.match(await ok('port web 80'), /^0\.0\.0\.0:\d+\n\[::\]:\d+$/);
    assert.match(await ok('port web'), /^80\/tcp -> 0\.0\.0\.0:\d+$/m);
    const [, port] = /:(\d+)/.exec(await ok('port web 80')) ?? [];
    assert.equal(suite.lan.client.ask(ours.ipv4, Number(port)), `${theirs.ipv4} web`);
  });

  test('J13 a port at one address answers there and nowhere else', async () => {
    await run('web', `-p 127.0.0.1:1112:80 -p ${ours.other}:1113:80 -p [::1]:1114:80`);
    assert.match(suite.lan.host.ask('127.0.0.1', 1112), / web$/);
    assert.match(suite.lan.host.ask('::1', 1114), / web$/);
    assert.equal(suite.lan.client.ask(ours.other, 1113), `${theirs.ipv4} web`);
    for (const [address, port] of [
      [ours.ipv4, 1112],
      [ours.ipv4, 1113],
      [ours.ipv6, 1114],
      [ours.ipv4, 1114],
    ] as const)
      assert.equal(suite.lan.client.ask(address, port), 'ECONNREFUSED');
    assert.equal(suite.lan.host.ask(ours.ipv4, 1112), 'ECONNREFUSED');
  });

  test('J13 a port of the loopback is kept from a host that sends packets with such addresses', async () => {
    await run('web', '-p 127.0.0.1:1112:80');
    suite.lan.client.run('ip', 'route', 'add', '127.0.0.1', 'via', ours.ipv4, 'table', '7');
    suite.lan.client.run('ip', 'rule', 'add', 'pref', '1', 'to', '127.0.0.1', 'lookup', '7');
    suite.lan.client.run('ip', 'rule', 'del', 'pref', '0');
    try {
      assert.equal(suite.lan.client.ask('127.0.0.1', 1112, { patienceMs: 500 }), 'silence');
    } finally {
      suite.lan.client.run('ip', 'rule', 'add', 'pref', '0', 'lookup', 'local');
      suite.lan.client.run('ip', 'rule', 'del', 'pref', '1');
    }
  });

  test('J14 UDP answers too, also callers who called before it was published', async () => {
    using caller = suite.lan.client.start(`
      const socket = require('node:dgram').createSocket('udp4');
      socket.on('message', (text) => { console.log(String(text).trim()); process.exit(0); });
      socket.on('error', () => {});
      setInterval(() => socket.send('hello', 5353, '${ours.ipv4}'), 50);`);
    await run('web', '-p 5353:80/udp');
    assert.equal(await caller.line(), `${theirs.ipv4} web`);
    assert.match(suite.lan.host.ask('127.0.0.1', 5353, { protocol: 'udp' }), / web$/);
    assert.match(await ok('port web'), /80\/udp -> 0\.0\.0\.0:5353/);
  });

  test('J14 a UDP caller who goes on is answered by the next container', async () => {
    await run('first', '-p 5353:80/udp');
    using caller = suite.lan.client.start(`
      const socket = require('node:dgram').createSocket('udp4');
      socket.on('message', (text) => console.log(String(text).trim())).on('error', () => {});
      setInterval(() => socket.send('hello', 5353, '${ours.ipv4}'), 50);`);
    await caller.line(/ first$/);
    await ok('rm -f first');
    await run('second', '-p 5353:80/udp');
    await caller.line(/ second$/);
  });

  test('J11 ranges are published port by port', async () => {
    await run('web', '-p 8000-8002:79-81');
    assert.equal(suite.lan.client.ask(ours.ipv4, 8001), `${theirs.ipv4} web`);
    assert.match(await ok('port web 81'), /^0\.0\.0\.0:8002$/m);
  });

  test('SCTP is published without sockets of the kernel', async () => {
    await run('web', '-p 9000:9000/sctp');
    assert.match(await ok('port web'), /^9000\/sctp -> 0\.0\.0\.0:9000$/m);
    assert.match(
      suite.lan.host.run('nft', 'list', 'map', 'ip', suite.wharf.bridge, 'ports'),
      /sctp \. 9000 :/,
    );
  });

  test('J20 a port that is taken: the words of Docker, exit code 125 and a container that stays created', async () => {
    await run('first', '-p 1111:80');
    const second = await suite.wharf.docker(words('run -d --name second -p 1111:80 answer:1'));
    assert.equal(second.code, 125);
    assert.match(second.stderr, /Bind for 0\.0\.0\.0:1111 failed: port is already allocated/);
    assert.equal(await ok('inspect -f {{.State.Status}} second'), 'created');
    await ok('rm -f first');
    await ok('start second');
    assert.match(suite.lan.client.ask(ours.ipv4, 1111), /^192\.0\.2\.2 /);
  });

  test('J20 a port of a program of the host', async () => {
    using program = suite.lan.host.start(`
      require('node:net').createServer().listen(1111, '0.0.0.0', () => console.log('ready'));`);
    await program.line(/ready/);
    const { code, stderr } = await suite.wharf.docker(words('run -d --name web -p 1111:80 answer:1'));
    assert.equal(code, 125);
    assert.match(
      stderr,
      /failed to bind host port for 0\.0\.0\.0:1111:[0-9.]+:80\/tcp: address already in use/,
    );
  });

  test('ports that can not be are refused', async () => {
    for (const port of ['65536:80', '80:65536', '80:0', '8000-8001:80-82', '-1:80', '8001-8000:80'])
      assert.equal((await suite.wharf.docker(words(`run -d -p ${port} answer:1`))).code, 125, port);
    for (const place of [
      { HostPort: '65536' },
      { HostPort: '80-79' },
      { HostPort: 'http' },
      { HostPort: '-1' },
    ]) {
      const body = { Image: 'answer:1', HostConfig: { PortBindings: { '80/tcp': [place] } } };
      const { status } = await postJson(suite.wharf.socketPath, '/containers/create', body);
      assert.equal(status, 400, JSON.stringify(place));
    }
  });

  test('ports stay up while the daemon is away, and it finds them again', async () => {
    await run('web', '-p 808:80 -p [::]:809:80');
    await suite.wharf.stop('SIGKILL');
    assert.equal(suite.lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    assert.match(suite.lan.client.ask(ours.ipv6, 809), / web$/);
    await suite.wharf.start([], suite.lan.wharfd);
    assert.equal(suite.lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    await ok('rm -f web');
    assert.equal(suite.lan.client.ask(ours.ipv4, 808), 'ECONNREFUSED');
  });

  test('a thousand ports are entries of a map, not rules', async () => {
    await run('web', '-p 10000-10999:10000-10999 -p 80:80');
    const table = suite.lan.host.run('nft', 'list', 'table', 'ip', suite.wharf.bridge);
    assert.equal(table.match(/^\s+tcp \. 10\d\d\d : |elements = {/gm)?.length, 1000);
    assert.equal(table.match(/dnat ip to /g)?.length, 10);
    assert.equal(suite.lan.client.ask(ours.ipv4, 80), `${theirs.ipv4} web`);
    await ok('rm -f web');
  });
});
