import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answerImage } from '../fixtures/answer-image.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { type Lan, makeLan, ours, theirs } from '../testing/lan.ts';
import { eventually } from '../testing/programs.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

describe('published ports beside the firewall of the host', () => {
  let lan: Lan;
  let wharf: TestWharf;
  before(async () => {
    lan = await makeLan();
    wharf = await startWharf({ program: lan.wharfd });
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(answerImage()) });
    await ok('network create --ipv6 --subnet 2001:db8:1::/64 six');
    await ok('run -d --name web -h web --network six -p 808:80 answer:1');
  });
  after(async () => {
    await wharf?.[Symbol.asyncDispose]();
    await lan?.[Symbol.asyncDispose]();
  });
  const ok = (line: string) => wharf.dockerOk(line.split(' '));
  const nft = (...args: string[]) => lan.host.run('nft', ...args);
  const answer = `${theirs.ipv4} web`;
  const asks = (patienceMs = 10_000) => lan.client.ask(ours.ipv4, 808, { patienceMs });
  const reachable = (what: string) => eventually(what, () => asks(500) === answer || undefined);
  const bridge = async () => `br-${(await ok('network inspect -f {{.Id}} six')).slice(0, 12)}`;

  test('B17 rules that somebody flushes are made again, over IPv6 too', async () => {
    assert.equal(asks(), answer);
    nft('flush', 'ruleset');
    await reachable('the port answers again');
    assert.equal(lan.client.ask(ours.ipv6, 808), `${theirs.ipv6} web`);
    assert.match(wharf.log(), /rules of a network were deleted by others and are made again/);
  });

  test('B17 so are single chains, rules and entries', async () => {
    const name = await bridge();
    nft('flush', 'chain', 'ip', name, 'prerouting');
    await reachable('the rules are there again');
    nft('flush', 'map', 'ip', name, 'ports');
    await reachable('the ports are there again');
    nft('delete', 'table', 'ip', name);
    await reachable('the table is there again');
  });

  test('rules that are flushed while the daemon is away are made again when it comes', async () => {
    await wharf.stop('SIGKILL');
    nft('flush', 'ruleset');
    assert.notEqual(asks(500), answer);
    await wharf.start([], lan.wharfd);
    assert.equal(asks(), answer);
  });

  test('B17 a firewall of zones that reloads neither hides the ports nor is touched', async () => {
    // The chains of firewalld with its nftables backend and a default zone that lets in ssh alone.
    const zones = `table inet zones
      delete table inet zones
      table inet zones {
        chain input {
          type filter hook input priority filter + 10; policy accept;
          ct state established,related accept
          iifname "lo" accept
          tcp dport 22 accept
          icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
          reject with icmpx type admin-prohibited
        }
        chain forward {
          type filter hook forward priority filter + 10; policy accept;
          ct state established,related accept
          ct status dnat accept
          reject with icmpx type admin-prohibited
        }
      }`;
    lan.host.nft(zones);
    assert.equal(asks(), answer);
    const before = nft('-a', 'list', 'table', 'inet', 'zones');
    await ok('run -d --name other -h other -p 809:80 answer:1');
    assert.match(lan.client.ask(ours.ipv4, 809), / other$/);
    await ok('rm -f other');
    assert.equal(nft('-a', 'list', 'table', 'inet', 'zones'), before);
    lan.host.nft(zones);
    assert.equal(asks(), answer);
    assert.match(lan.host.ask(ours.ipv4, 808), / web$/);
    nft('delete', 'table', 'inet', 'zones');
  });

  test('what the host forwards nowhere is not reachable, and can be let in by the port that was called', async () => {
    const forward = (rule: string) => `table inet strict
      delete table inet strict
      table inet strict {
        chain forward {
          type filter hook forward priority filter; policy drop;
          ct state established,related accept
          ${rule}
        }
      }`;
    lan.host.nft(forward(''));
    assert.equal(asks(500), 'silence');
    assert.match(lan.host.ask(ours.ipv4, 808), / web$/);
    lan.host.nft(forward('meta l4proto tcp ct status dnat ct original proto-dst 808 accept'));
    assert.equal(asks(), answer);
    nft('delete', 'table', 'inet', 'strict');
  });

  test("a user's own rules outlive the daemon's life, start and end", async () => {
    lan.host.nft(
      'table ip mine {\nchain c {\ntype nat hook prerouting priority -100\ntcp dport 1 drop\n}\n}',
    );
    const before = nft('-a', 'list', 'table', 'ip', 'mine');
    await ok('network create passing');
    await ok('network rm passing');
    await wharf.stop();
    await wharf.start([], lan.wharfd);
    assert.equal(nft('-a', 'list', 'table', 'ip', 'mine'), before);
    nft('delete', 'table', 'ip', 'mine');
  });
});
