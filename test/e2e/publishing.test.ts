import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { answerImage } from '../fixtures/answer-image.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { type Lan, makeLan, ours, theirs } from '../testing/lan.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

describe('published ports, on a host with a network of its own', () => {
  let lan: Lan;
  let wharf: TestWharf;
  before(async () => {
    lan = await makeLan();
    wharf = await startWharf({ program: lan.wharfd });
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(answerImage()) });
  });
  after(async () => {
    await wharf?.[Symbol.asyncDispose]();
    await lan?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    const ids = await ok('ps -aq');
    if (ids !== '') await ok(`rm -f ${ids.replaceAll('\n', ' ')}`);
  });
  const words = (line: string) => line.split(' ').filter((word) => word !== '');
  const ok = (line: string) => wharf.dockerOk(words(line));
  const run = (name: string, options: string) => ok(`run -d --name ${name} -h ${name} ${options} answer:1`);

  test('J11 a port answers from the host, its loopback, another host and containers, who keep their addresses', async () => {
    await run('web', '-p 808:80');
    await run('neighbour', '');
    assert.equal(lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    assert.match(lan.host.ask(ours.ipv4, 808), / web$/);
    assert.match(lan.host.ask('127.0.0.1', 808), / web$/);
    assert.match(lan.host.ask('::1', 808), / web$/);
    assert.match(lan.client.ask(ours.ipv6, 808), / web$/);
    for (const caller of ['web', 'neighbour'])
      assert.match(await ok(`exec ${caller} nc ${ours.ipv4} 808`), / web$/);
    await ok('rm -f web neighbour');
    assert.equal(lan.client.ask(ours.ipv4, 808), 'ECONNREFUSED');
  });

  test('J11 over IPv6 another host keeps its address where the network has IPv6', async () => {
    await ok('network create --ipv6 --subnet 2001:db8:1::/64 six');
    await run('web', '--network six -p 808:80 -p 808:80/udp');
    assert.equal(lan.client.ask(ours.ipv6, 808), `${theirs.ipv6} web`);
    assert.equal(lan.client.ask(ours.ipv6, 808, { protocol: 'udp' }), `${theirs.ipv6} web`);
    assert.equal(lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    assert.match(lan.host.ask('::1', 808), / web$/);
    assert.match(lan.host.ask(ours.ipv6, 808), / web$/);
    assert.match(await ok(`exec web nc ${ours.ipv6} 808`), / web$/);
    const address = await ok('inspect -f {{.NetworkSettings.Networks.six.GlobalIPv6Address}} web');
    assert.equal(lan.client.ask(address, 80, { patienceMs: 500 }), 'silence');
    await ok('rm -f web');
    assert.equal(lan.client.ask(ours.ipv6, 808), 'ECONNREFUSED');
    await ok('network rm six');
  });
});
