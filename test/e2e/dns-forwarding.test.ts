import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { type DnsServer, startDnsServer } from '../fixtures/dns-server.ts';
import { addressesIn, askInside } from '../testing/ask-inside.ts';
import { useWharf } from '../testing/use-wharf.ts';

const servers = [1, 2, 3].map((number) => `127.53.${process.pid % 251}.${number}`);
const [first = '', second = '', third = ''] = servers;
const address = (last: number) => ({ records: [{ type: 1, data: Uint8Array.of(192, 0, 2, last) }] });
const text = (length: number) => ({ type: 16, data: new Uint8Array(length) });

describe('questions that containers ask of other servers', () => {
  const folder = mkdtempSync('/var/tmp/wharf-test-resolv-');
  const resolvConf = `${folder}/resolv.conf`;
  const useServers = (...used: string[]) =>
    writeFileSync(resolvConf, used.map((server) => `nameserver ${server}\n`).join(''));
  useServers(first);
  after(() => rmSync(folder, { recursive: true }));
  const suite = useWharf([busyboxImage('box:1')], { args: ['--resolv-conf', resolvConf] });
  const { ok } = suite;
  const opened: DnsServer[] = [];
  const serve = async (...parameters: Parameters<typeof startDnsServer>) => {
    const server = await startDnsServer(...parameters);
    opened.push(server);
    return server;
  };
  const startBox = async (name: string, ...options: string[]) => {
    await ok(['run', '-d', '--init', '--name', name, ...options, 'box:1', 'sleep', '1000']);
    return Number(await ok(['inspect', '-f', '{{.State.Pid}}', name]));
  };
  let good: DnsServer;
  let pid = 0;

  before(async () => {
    good = await serve(second, ({ query, transport }) => {
      if (query.name === 'gone.example') return { code: 3 };
      if (query.name === 'big.example') return { records: [text(255), text(255), text(255)] };
      return address(transport === 'udp' ? 2 : 3);
    });
    await serve(first, () => address(1));
    await ok('network create outer');
    pid = await startBox('asker', '--network', 'outer');
  });
  after(async () => {
    for (const server of opened) await server[Symbol.asyncDispose]();
  });

  test('go to the servers of the host’s loopback, on the default bridge too, and to others when the host has others', async () => {
    const plain = await startBox('plain');
    for (const asker of [pid, plain]) {
      useServers(first);
      assert.deepEqual(addressesIn(await askInside(asker, 'a.example')), ['192.0.2.1']);
      useServers(second);
      assert.deepEqual(addressesIn(await askInside(asker, 'a.example')), ['192.0.2.2']);
    }
    await ok('rm -f plain');
  });

  test('go by TCP when they came by TCP, and what is too long for UDP says so', async () => {
    assert.deepEqual(addressesIn(await askInside(pid, 'a.example', { transport: 'tcp' })), ['192.0.2.3']);
    const short = await askInside(pid, 'big.example', { type: 16 });
    assert.equal(short?.truncated, true);
    const extended = await askInside(pid, 'big.example', { type: 16, udpBytes: 1232 });
    assert.deepEqual([extended?.truncated, extended?.records.length], [false, 3]);
    const whole = await askInside(pid, 'big.example', { type: 16, transport: 'tcp' });
    assert.deepEqual([whole?.truncated, whole?.records.length], [false, 3]);
  });

  test('keep their id, and a name that does not exist is told as such', async () => {
    const response = await askInside(pid, 'gone.example', { id: 4711 });
    assert.deepEqual([response?.id, response?.code], [4711, 3]);
  });

  test('go on to the next server when one fails, is gone or says nothing', async () => {
    const bad = await serve(third, ({ query }) =>
      query.name === 'silent.example' ? undefined : { code: 2 },
    );
    useServers(third, second);
    for (let round = 0; round < 4; round++) {
      assert.deepEqual(addressesIn(await askInside(pid, 'failing.example')), ['192.0.2.2']);
    }
    const ids = ({ asked }: DnsServer) => asked.slice(-4).map(({ query }) => query.id);
    assert.notDeepEqual(ids(bad), ids(good));
    assert.deepEqual(addressesIn(await askInside(pid, 'silent.example')), ['192.0.2.2']);
    useServers('127.53.255.254', second);
    assert.deepEqual(addressesIn(await askInside(pid, 'a.example')), ['192.0.2.2']);
    assert.deepEqual(addressesIn(await askInside(pid, 'a.example', { transport: 'tcp' })), ['192.0.2.3']);
    useServers(third);
    assert.equal((await askInside(pid, 'failing.example'))?.code, 2);
    useServers(second);
  });

  test('F15 go to the servers of --dns, asked from inside, and search domains and options are told', async () => {
    const gateway = await ok(['network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', 'outer']);
    const own = await serve(gateway, ({ query }) =>
      /\.(x\.)?example$/.test(query.name) ? address(4) : { code: 3 },
    );
    const options = ['--dns', gateway, '--dns-search', 'x.example', '--dns-opt', 'ndots:3'];
    const inside = await startBox('own', '--network', 'outer', ...options);
    assert.equal(
      await ok('exec own cat /etc/resolv.conf'),
      'nameserver 127.0.0.11\nsearch x.example\noptions ndots:3',
    );
    assert.deepEqual(addressesIn(await askInside(inside, 'a.example')), ['192.0.2.4']);
    const { stdout } = await suite.docker('exec own ping -c 1 -W 1 short');
    assert.match(stdout, /^PING short \(192\.0\.2\.4\)/);
    const containerAddress = await ok([
      'inspect',
      '-f',
      '{{.NetworkSettings.Networks.outer.IPAddress}}',
      'own',
    ]);
    assert.equal(own.asked.at(-1)?.from, containerAddress);
    assert.equal(
      await ok('run --rm --dns 192.0.2.53 --dns-search x.example box:1 cat /etc/resolv.conf'),
      'nameserver 127.0.0.11\nnameserver 192.0.2.53\nsearch x.example',
    );
    await ok('rm -f own');
  });

  test('stay inside an internal network', async () => {
    await ok('network create --internal inner');
    const inside = await startBox('shut', '--network', 'inner');
    const asked = good.asked.length;
    assert.equal((await askInside(inside, 'a.example'))?.code, 2);
    assert.equal(addressesIn(await askInside(inside, 'shut')).length, 1);
    assert.equal(good.asked.length, asked);
    await ok('rm -f shut');
  });

  test('and names of containers never leave', async () => {
    const asked = good.asked.length;
    assert.equal((await askInside(pid, 'asker', { type: 28 }))?.code, 0);
    assert.equal((await askInside(pid, 'asker', { type: 15 }))?.code, 0);
    assert.equal(good.asked.length, asked);
  });

  test('a container starts where the host has no servers, or a huge file of them', async () => {
    writeFileSync(resolvConf, '');
    assert.equal(await ok('run --rm box:1 cat /etc/resolv.conf'), 'nameserver 127.0.0.11');
    writeFileSync(resolvConf, `nameserver ${second}\n${'# filler\n'.repeat(200_000)}`);
    assert.equal(
      await ok('run --rm --network outer box:1 cat /etc/resolv.conf'),
      'nameserver 127.0.0.11\noptions ndots:0',
    );
    assert.deepEqual(addressesIn(await askInside(pid, 'a.example')), ['192.0.2.2']);
    useServers(second);
  });
});
