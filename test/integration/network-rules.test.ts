import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { after, test } from 'node:test';
import { netlinkProtocol, nftables, openNetlink } from '#linux';
import { NetworkRules } from '../../src/engine/networks/rules/network-rules.ts';
import type { Publication } from '../../src/engine/networks/rules/publication.ts';
import { bridgeRecord } from '../../src/engine/networks/testing/bridge-record.ts';

const place = `wt-${process.pid.toString(36)}-rules`;
execFileSync('ip', ['netns', 'add', place]);
const namespace = openSync(`/run/netns/${place}`, 'r');
const filtering = openNetlink(netlinkProtocol.netfilter, namespace);
after(() => {
  filtering[Symbol.dispose]();
  closeSync(namespace);
  execFileSync('ip', ['netns', 'del', place]);
});

const nft = (args: readonly string[], input = '') =>
  execFileSync('ip', ['netns', 'exec', place, 'nft', ...args], { encoding: 'utf8', input, stdio: 'pipe' });

const host = {
  apply: (messages: Parameters<typeof nftables.transaction>[0]) =>
    void filtering.request(nftables.transaction(messages)),
};
const listed = () => nft(['list', 'ruleset']).replaceAll('\t', '  ');

/** As nft 1.1 says it of `output`. */
const general = (text: string) => text.replaceAll('priority -100', 'priority dstnat');

const [bridgePool] = bridgeRecord.pools;
assert.ok(bridgePool);

const publication = (hostAddress: string, hostPort: number, target: string): Publication => ({
  port: { port: 80, protocol: 'tcp', hostAddress, hostPort },
  target,
});

const expected = `table ip wharf0 {
  map ports {
    type inet_proto . inet_service : ipv4_addr . inet_service
    elements = { tcp . 8080 : 10.0.0.2 . 80 }
  }

  map group_ports {
    typeof meta l4proto . th dport . numgen random mod 60 : ip daddr . th dport
  }

  map address_ports {
    type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
    elements = { 192.0.2.1 . tcp . 8081 : 10.0.0.2 . 80 }
  }

  map group_address_ports {
    typeof ip daddr . meta l4proto . th dport . numgen random mod 60 : ip daddr . th dport
  }

  map loopback_ports {
    type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
    elements = { 127.0.0.1 . tcp . 8082 : 10.0.0.2 . 80 }
  }

  map group_loopback_ports {
    typeof ip daddr . meta l4proto . th dport . numgen random mod 60 : ip daddr . th dport
  }

  set open_ports {
    type ipv4_addr . inet_proto . inet_service
  }

  set linked_ports {
    type ipv4_addr . ipv4_addr . inet_proto . inet_service
  }

  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    fib daddr type != local return
    dnat ip to ip daddr . meta l4proto . th dport map @address_ports
    dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 60 map @group_address_ports
    dnat ip to meta l4proto . th dport map @ports
    dnat ip to meta l4proto . th dport . numgen random mod 60 map @group_ports
  }

  chain output {
    type nat hook output priority dstnat; policy accept;
    fib daddr type != local return
    dnat ip to ip daddr . meta l4proto . th dport map @address_ports
    dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 60 map @group_address_ports
    dnat ip to ip daddr . meta l4proto . th dport map @loopback_ports
    dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 60 map @group_loopback_ports
    dnat ip to meta l4proto . th dport map @ports
    dnat ip to meta l4proto . th dport . numgen random mod 60 map @group_ports
  }

  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "wharf0" ip saddr 127.0.0.0/8 masquerade
    oifname "wharf0" ip saddr 10.0.0.0/24 ct status dnat masquerade
    oifname != "wharf0" ip saddr 10.0.0.0/24 masquerade
  }

  chain guard {
    type filter hook prerouting priority raw; policy accept;
    iifname "wharf0" ip daddr 127.0.0.0/8 drop
  }

  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname != "wharf0" return
    ct state established,related accept
    iifname "wharf0" accept
    ct status dnat accept
    drop
  }
}
`;

test("a network's table is what nft lists, and its entries come and go", () => {
  const rules = new NetworkRules(bridgeRecord, host);
  rules.reset([]);
  const empty = listed();
  const ports = [
    publication('0.0.0.0', 8080, '10.0.0.2'),
    publication('192.0.2.1', 8081, '10.0.0.2'),
    publication('127.0.0.1', 8082, '10.0.0.2'),
    publication('::', 8080, '10.0.0.2'),
  ];
  rules.publish(ports);
  assert.equal(general(listed()), expected);
  rules.publish(ports);
  assert.equal(general(listed()), expected);
  rules.unpublish(ports);
  assert.equal(listed(), empty);
  rules.unpublish(ports);
  assert.equal(listed(), empty);
});

test('what nft lists can be loaded again, with every kind of port and an inlet', () => {
  const network = {
    ...bridgeRecord,
    ipv6: true,
    pools: [
      ...bridgeRecord.pools,
      { ...bridgePool, family: 6, subnet: 'fd00::/64', gateway: 'fd00::1' } as const,
    ],
    bridge: { ...bridgeRecord.bridge, interContainer: false },
  };
  const rules = new NetworkRules(network, host, { sender: 1, arrival: 'wi-test' });
  const one = publication('0.0.0.0', 8080, '10.0.0.2');
  rules.reset([
    one,
    { ...one, port: { ...one.port, hostPort: 0 } },
    { ...one, port: { ...one.port, hostPort: 8083, group: 'web' } },
    publication('192.0.2.1', 8081, '10.0.0.2'),
    publication('127.0.0.1', 8082, '10.0.0.2'),
    publication('::', 8080, 'fd00::2'),
  ]);
  rules.setPassages('a', [{ from: '10.0.0.2', to: '10.0.0.3', protocol: 'udp', port: 53 }]);
  const before = listed();
  nft(['flush', 'ruleset']);
  nft(['-f', '-'], before);
  assert.equal(listed(), before);
  nft(['flush', 'ruleset']);
});

test('rules that are gone are made anew by the next change, with the ports of all', () => {
  const rules = new NetworkRules(bridgeRecord, host);
  rules.reset([publication('0.0.0.0', 8080, '10.0.0.2')]);
  nft(['flush', 'ruleset']);
  rules.publish([publication('0.0.0.0', 8090, '10.0.0.3')]);
  assert.match(listed(), /tcp \. 8080 : 10\.0\.0\.2 \. 80/);
  assert.match(listed(), /tcp \. 8090 : 10\.0\.0\.3 \. 80/);
});

test('sixty containers of a group come and go, and the last entry is theirs', () => {
  const rules = new NetworkRules(bridgeRecord, host);
  rules.reset([]);
  const members = Array.from({ length: 60 }, (_, place) => {
    const one = publication('0.0.0.0', 8080, `10.0.0.${place + 2}`);
    return { ...one, port: { ...one.port, group: 'web' } };
  });
  for (const member of members) rules.publish([member]);
  for (const { target } of members) assert.ok(listed().includes(` : ${target} . 80`), target);
  for (const member of members.slice(1)) rules.unpublish([member]);
  assert.equal(listed().match(/ : 10\.0\.0\.2 \. 80/g)?.length, 60);
  rules.unpublish(members);
  assert.doesNotMatch(listed(), /elements/);
});
