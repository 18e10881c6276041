import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answerImage } from '../fixtures/answer-image.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { type Lan, makeLan, ours, theirs } from '../testing/lan.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

/** A host's own rules: ssh, what it knows already, and what is let in besides. */
const hostRules = (...allowed: readonly string[]) => `table inet host
  delete table inet host
  table inet host {
    chain input {
      type filter hook input priority filter; policy drop;
      ct state established,related accept
      iifname "lo" accept
      meta l4proto ipv6-icmp accept
      tcp dport 22 accept
      ${allowed.join('\n      ')}
    }
  }`;

describe('wish 3: with --firewall-input the host decides who comes to published ports', () => {
  let lan: Lan;
  let wharf: TestWharf;
  before(async () => {
    lan = await makeLan();
    // As strict as hosts come about where packets may come from.
    lan.host.run('sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=1');
    wharf = await startWharf({ program: lan.wharfd, args: ['--firewall-input'] });
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(answerImage()) });
    await ok('network create --ipv6 --subnet 2001:db8:1::/64 six');
    await ok('run -d --name web -h web --network six -p 808:80 -p 808:80/udp answer:1');
  });
  after(async () => {
    await wharf?.[Symbol.asyncDispose]();
    await lan?.[Symbol.asyncDispose]();
  });
  const ok = (line: string) => wharf.dockerOk(line.split(' '));
  const calls = [
    [ours.ipv4, 'tcp', theirs.ipv4],
    [ours.ipv4, 'udp', theirs.ipv4],
    [ours.ipv6, 'tcp', theirs.ipv6],
    [ours.ipv6, 'udp', theirs.ipv6],
  ] as const;

  test('a host that lets everything in keeps its ports open, and callers their addresses', () => {
    for (const [address, protocol, caller] of calls)
      assert.equal(lan.client.ask(address, 808, { protocol }), `${caller} web`);
  });

  test('what the host does not let in does not come in, over any protocol, until it does', () => {
    lan.host.nft(hostRules());
    for (const [address, protocol] of calls)
      assert.equal(lan.client.ask(address, 808, { protocol, patienceMs: 400 }), 'silence');
    lan.host.nft(hostRules(`ip saddr ${theirs.ipv4} tcp dport 808 accept`));
    assert.equal(lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    assert.equal(lan.client.ask(ours.ipv4, 808, { protocol: 'udp', patienceMs: 400 }), 'silence');
    assert.equal(lan.client.ask(ours.ipv6, 808, { patienceMs: 400 }), 'silence');
  });

  test('the host itself, its loopback and neighbours are not asked', async () => {
    lan.host.nft(hostRules());
    for (const address of ['127.0.0.1', '::1', ours.ipv4, ours.ipv6])
      assert.match(lan.host.ask(address, 808), / web$/);
    assert.match(await ok(`exec web nc ${ours.ipv4} 808`), / web$/);
  });

  test('ports of a group, of one address and of the loopback are where they were', async () => {
    lan.host.nft(hostRules('tcp dport { 809, 810 } accept'));
    const more = `-p 809:80 -p ${ours.other}:810:80 -p 127.0.0.1:811:80`;
    await ok(`run -d --name one -h one --label wharf.group=web ${more} answer:1`);
    assert.equal(lan.client.ask(ours.ipv4, 809), `${theirs.ipv4} one`);
    assert.equal(lan.client.ask(ours.other, 810), `${theirs.ipv4} one`);
    assert.match(lan.host.ask('127.0.0.1', 811), / one$/);
    await ok('rm -f one');
    assert.equal(lan.client.ask(ours.ipv4, 809), 'ECONNREFUSED');
  });

  test('an inlet that somebody has deleted is made again with the next container', async () => {
    lan.host.nft(hostRules('tcp dport 808 accept'));
    const inlets = lan.host.run('ip', '-br', 'link').match(/^wo-[0-9a-f]+/gm) ?? [];
    assert.notEqual(inlets.length, 0);
    for (const inlet of inlets) lan.host.run('ip', 'link', 'del', inlet);
    assert.equal(lan.client.ask(ours.ipv4, 808, { patienceMs: 400 }), 'silence');
    await ok('run --rm --network six --entrypoint true answer:1');
    assert.equal(lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
  });

  test('connections go on by the kernel alone, also while the daemon is away, and with the next one', async () => {
    lan.host.nft(hostRules('tcp dport 808 accept'));
    await wharf.stop('SIGKILL');
    assert.equal(lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    await wharf.start([], lan.wharfd);
    assert.equal(lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    await wharf.stop();
    await wharf.start(['--firewall-input=false'], lan.wharfd);
    lan.host.nft(hostRules());
    assert.equal(lan.client.ask(ours.ipv4, 808), `${theirs.ipv4} web`);
    assert.doesNotMatch(lan.host.run('ip', 'link'), /w[io]-/);
  });
});
