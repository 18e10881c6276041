import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { connectDatagrams, connectInside, writeAvailable } from '#linux';
import { makeQuery } from '../../src/resolver/testing/make-query.ts';
import { busyboxImage } from '../fixtures/busybox.ts';
import { addressesIn, askInside } from '../testing/ask-inside.ts';
import { freePort } from '../testing/free-port.ts';
import { eventually, repository, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const resolverPlace = { address: Uint8Array.of(127, 0, 0, 11), port: 53 };

describe('names in containers', () => {
  const suite = useWharf([busyboxImage('box:1')]);
  const { docker, ok } = suite;
  const start = async (name: string, ...options: string[]) => {
    await ok(['run', '-d', '--init', '--name', name, ...options, 'box:1', 'sleep', '1000']);
    return Number(await ok(['inspect', '-f', '{{.State.Pid}}', name]));
  };
  const addressOf = (name: string, network: string) =>
    ok(['inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, name]);
  const resolverPid = () => resolverOf(suite.wharf.execRoot);
  const lookUp = async (container: string, name: string) =>
    (await docker(['exec', container, 'nslookup', name])).stdout;

  test('J09 containers of a user’s network find each other, also while the daemon is dead', async () => {
    await ok('network create --ipv6=false pair');
    const pid = await start('one', '--network', 'pair');
    await start('two', '--network', 'pair', '--network-alias', 'second', '--hostname', 'deux');
    const address = await addressOf('two', 'pair');
    const shortId = (await ok('ps -q --no-trunc -f name=two')).slice(0, 12);
    for (const name of ['two', 'TWO', 'second', 'deux', shortId, 'two.pair']) {
      assert.match(await lookUp('one', name), new RegExp(`Address: ${address}$`, 'm'), name);
    }
    assert.match(await ok('exec two ping -c 1 one'), /1 packets received/);

    await suite.wharf.stop('SIGKILL');
    const { stdout } = await runProgram('nsenter', ['-t', String(pid), '-n', '-m', '/bin/nslookup', 'two']);
    assert.match(stdout, new RegExp(`Address: ${address}$`, 'm'));
    await suite.wharf.start();
    assert.match(await lookUp('one', 'second'), new RegExp(`Address: ${address}$`, 'm'));
  });

  test('a resolver that is killed is replaced, and no question of that time is refused', async () => {
    const before = resolverPid();
    assert.ok(before !== undefined);
    process.kill(before, 'SIGSTOP');
    const asked = lookUp('one', 'two');
    process.kill(before, 'SIGKILL');
    assert.match(await asked, new RegExp(`Address: ${await addressOf('two', 'pair')}$`, 'm'));
    await eventually('another resolver', () => resolverPid() !== undefined && resolverPid() !== before);
  });

  test('a resolver of another installation is replaced when the daemon comes', async () => {
    const before = resolverPid();
    const program = `${repository}bin/wharf-resolver`;
    copyFileSync(program, `${program}.same`);
    renameSync(`${program}.same`, program);
    await suite.wharf.stop();
    assert.equal(resolverPid(), before);
    await suite.wharf.start();
    await eventually('another resolver', () => resolverPid() !== undefined && resolverPid() !== before);
    assert.match(await lookUp('one', 'two'), /Address: [\d.]+$/m);
  });

  test('a known name has an empty answer for the other family, addresses have names, the host has one', async () => {
    const pid = Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'one']));
    const other = await askInside(pid, 'two', { type: 28 });
    assert.deepEqual([other?.code, other?.records.length], [0, 0]);
    const address = await addressOf('two', 'pair');
    const reverse = await askInside(pid, `${address.split('.').reverse().join('.')}.in-addr.arpa`, {
      type: 12,
    });
    assert.equal(reverse?.records[0]?.data.toString('latin1'), '\u0003two\u0004pair\0');
    const gateway = await ok(['network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', 'pair']);
    assert.deepEqual(addressesIn(await askInside(pid, 'host.docker.internal')), [gateway]);
  });

  test('names follow a rename and the end of their containers', async () => {
    await ok('rename two deuce');
    assert.match(await lookUp('one', 'deuce'), /Address: [\d.]+$/m);
    assert.doesNotMatch(await lookUp('one', 'two'), /Name:\s+two/);
    await ok('rm -f deuce');
    assert.doesNotMatch(await lookUp('one', 'deuce'), /Name:\s+deuce/);
  });

  test('J16 containers that share an alias take turns', async () => {
    const pid = Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'one']));
    for (const name of ['app1', 'app2', 'app3'])
      await start(name, '--network', 'pair', '--network-alias', 'app');
    const fronts = new Set<string | undefined>();
    for (let round = 0; round < 3; round++) {
      const addresses = addressesIn(await askInside(pid, 'app'));
      assert.equal(addresses.length, 3);
      fronts.add(addresses[0]);
    }
    assert.equal(fronts.size, 3);
    await ok('rm -f app1 app2 app3');
  });

  test('port 53 of a container stays its own', async () => {
    const pid = await start('server', '--network', 'pair');
    const script =
      'import socket\nfor kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM): socket.socket(type=kind).bind(("", 53))';
    const bound = await runProgram('nsenter', ['-t', String(pid), '-n', '/usr/bin/python3', '-c', script]);
    assert.deepEqual([bound.code, bound.stderr], [0, '']);
    assert.match(await lookUp('server', 'one'), /Name:\s+one/);
    await ok('rm -f server');
  });

  test('J09 containers of the default bridge have names as soon as they are connected', async () => {
    await start('plain1');
    await start('plain2');
    assert.doesNotMatch(await lookUp('plain1', 'plain2'), /Name:\s+plain2/);
    await ok('network connect pair plain1');
    await ok('network connect --alias other --link one:uno pair plain2');
    for (const [from, name] of [
      ['plain1', 'plain2'],
      ['plain2', 'plain1'],
      ['plain1', 'other'],
      ['plain2', 'uno'],
    ]) {
      assert.match(await lookUp(from ?? '', name ?? ''), /Address: [\d.]+$/m, name);
    }
    assert.match(await ok('exec plain1 cat /etc/resolv.conf'), /^nameserver 127\.0\.0\.11\n(?!nameserver)/);
    await ok('network disconnect pair plain2');
    assert.doesNotMatch(await lookUp('plain1', 'plain2'), /Name:\s+plain2/);
    await ok('rm -f plain1 plain2');
  });

  test('a container that sends 20,000 broken packets, or holds 150 connections, has names as before', async () => {
    const pid = Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'one']));
    const resolver = resolverPid();
    using flood = connectDatagrams(resolverPlace, pid);
    for (let round = 0; round < 20_000; round++) {
      const packet = Buffer.concat([makeQuery('one'), randomBytes(round % 40)]);
      packet[round % packet.length] = round % 256;
      writeAvailable(flood.fd, packet);
    }
    const held = await Promise.all(
      Array.from({ length: 150 }, () => connectInside(pid, resolverPlace, AbortSignal.timeout(10_000))),
    );
    assert.equal(addressesIn(await askInside(pid, 'one')).length, 1);
    for (const connection of held) connection.destroy();
    assert.equal(addressesIn(await askInside(pid, 'one', { transport: 'tcp' })).length, 1);
    assert.equal(resolverPid(), resolver);
  });

  test('who was started without a network has names with its first one', async () => {
    const pid = await start('hermit', '--network', 'none');
    await ok('network disconnect none hermit');
    await ok('network connect pair hermit');
    assert.match(await ok('exec hermit cat /etc/resolv.conf'), /^nameserver 127\.0\.0\.11$/m);
    const address = await addressOf('hermit', 'pair');
    assert.deepEqual(addressesIn(await askInside(pid, 'hermit')), [address]);
    await ok('rm -f hermit');
  });

  test('files that a container has made huge stay, and do not fill the daemon', async () => {
    await start('huge', '--network', 'pair');
    await ok('network create beside');
    await ok(['exec', 'huge', 'truncate', '-s', '1024G', '/etc/hosts', '/etc/resolv.conf']);
    await ok('network connect beside huge');
    await ok('network disconnect beside huge');
    assert.equal(await ok('exec huge stat -c %s /etc/hosts'), String(2 ** 40));
    await ok('rm -f huge');
    await ok('network rm beside');
  });

  test('a resolv.conf that somebody has changed stays when networks come and go', async () => {
    await start('stubborn');
    await ok(['exec', 'stubborn', 'sh', '-c', 'echo nameserver 192.0.2.1 > /etc/resolv.conf']);
    await ok('network connect pair stubborn');
    assert.equal(await ok('exec stubborn cat /etc/resolv.conf'), 'nameserver 192.0.2.1');
    await ok('rm -f stubborn');
  });

  test('host-gateway is an address also for who can’t reach the host', async () => {
    await ok('network create --internal inside');
    const bridge = ['network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', 'bridge'];
    const gateway = await ok(bridge);
    for (const network of ['none', 'inside']) {
      const hosts = await ok(
        `run --rm --network ${network} --add-host shore:host-gateway box:1 cat /etc/hosts`,
      );
      assert.match(hosts, new RegExp(`^${gateway}\tshore$`, 'm'), network);
    }
    await ok('network rm inside');
  });

  test('the host is reached by its name, from the default bridge too, and by host-gateway', async () => {
    const port = await freePort();
    const server = createServer((socket) => socket.end('ahoy')).listen(port, '0.0.0.0');
    await once(server, 'listening');
    try {
      const hail = (host: string) => ['box:1', 'nc', '-w', '3', host, String(port)];
      assert.equal(await ok(['run', '--rm', ...hail('host.docker.internal')]), 'ahoy');
      assert.equal(await ok(['run', '--rm', '--network', 'pair', ...hail('host.docker.internal')]), 'ahoy');
      assert.equal(await ok(['run', '--rm', '--add-host', 'shore:host-gateway', ...hail('shore')]), 'ahoy');
    } finally {
      server.close();
    }
  });

  test('containers of a network without IPv4 find each other', async () => {
    await ok('network create --ipv4=false --ipv6 six');
    const pid = await start('six1', '--network', 'six');
    await start('six2', '--network', 'six');
    const four = await askInside(pid, 'six2');
    assert.deepEqual([four?.code, four?.records.length], [0, 0]);
    assert.equal((await askInside(pid, 'six2', { type: 28 }))?.records.length, 1);
    await ok('rm -f six1 six2');
    await ok('network rm six');
  });

  test('who shares a container’s network is answered with it', async () => {
    const output = await ok('run --rm --network container:one box:1 nslookup one');
    assert.match(output, new RegExp(`Address: ${await addressOf('one', 'pair')}$`, 'm'));
  });

  test('services of a composition find each other by their names', async () => {
    const file = `${suite.wharf.folder}/compose.yaml`;
    const service = { image: 'box:1', command: 'sleep 1000', init: true };
    writeFileSync(
      file,
      JSON.stringify({ name: 'fleet', services: { tug: { ...service, scale: 2 }, pilot: service } }),
    );
    await ok(['compose', '-f', file, 'up', '-d']);
    const pid = Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'fleet-pilot-1']));
    assert.equal(addressesIn(await askInside(pid, 'tug')).length, 2);
    assert.equal(addressesIn(await askInside(pid, 'fleet-tug-2')).length, 1);
    await ok(['compose', '-f', file, 'down', '-t', '0']);
  });

  test('a daemon that comes when the resolver is gone too has names answered again', async () => {
    const pid = Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'one']));
    await suite.wharf.stop('SIGKILL');
    const resolver = resolverPid();
    assert.ok(resolver !== undefined);
    process.kill(resolver, 'SIGKILL');
    const asked = askInside(pid, 'one');
    await suite.wharf.start();
    assert.equal(addressesIn(await asked).length, 1);
  });

  test('the resolver goes with the last container when no daemon is there', async () => {
    const pid = Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'one']));
    await suite.wharf.stop('SIGKILL');
    assert.ok(resolverPid() !== undefined);
    process.kill(pid, 'SIGKILL');
    await eventually('no resolver', () => resolverPid() === undefined);
    await suite.wharf.start();
  });

  test('and with a daemon that stops when no container runs', async () => {
    await ok('rm -f one');
    await ok('run --rm --network none box:1 true');
    await ok('run --rm --network host box:1 true');
    assert.equal(resolverPid(), undefined);
    await ok('run --rm --network pair box:1 true');
    assert.ok(resolverPid() !== undefined);
    await suite.wharf.stop();
    assert.equal(resolverPid(), undefined);
    assert.equal(existsSync(`${suite.wharf.execRoot}/resolver.sock`), false);
    await suite.wharf.start();
    await ok('network rm pair');
    rmSync(`${suite.wharf.folder}/compose.yaml`);
  });
});

/** The process that serves the daemon of an exec root. */
function resolverOf(execRoot: string): number | undefined {
  const found = readdirSync('/proc').find((pid) => {
    const line = /^\d+$/.test(pid) ? commandLine(pid) : '';
    return line.includes('wharf-resolver') && line.includes(`--directory=${execRoot} `);
  });
  return found === undefined ? undefined : Number(found);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
