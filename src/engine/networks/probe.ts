import { decodeLink, type NetlinkSocket, netlinkProtocol, nftables, openNetlink, route } from '#linux';
import { readBridgeOptions } from './drivers/bridge-options.ts';
import { parseSubnet } from './ipam/address.ts';
import { randomMac } from './ipam/mac-address.ts';
import { planPools } from './ipam/plan-pools.ts';
import { newNetwork } from './predefined.ts';
import { networkTables, tablesOf } from './rules/network-tables.ts';
import type { BridgeRecord } from './types.ts';

const device = 'wharf-check';
const mtu = 1500;

const settings: BridgeRecord = {
  ...newNetwork(device, 'bridge'),
  pools: planPools({
    requests: [{ subnet: '192.0.2.0/24' }],
    families: [4],
    gatewayless: [],
    used: [],
    choose: () => parseSubnet('192.0.2.0/24'),
  }),
  bridge: readBridgeOptions({}, { device, internal: false }),
};

/** Makes a network's whole tables and deletes them in the same transaction. @throws SystemCallError */
export function probeFirewall(): void {
  using filtering = openNetlink(netlinkProtocol.netfilter);
  const removal = tablesOf(settings).map(nftables.deleteTable);
  filtering.request(nftables.transaction([...networkTables(settings), ...removal]));
}

/** Makes a bridge for a moment. @throws SystemCallError */
export function probeBridge(): void {
  withBridge(() => {});
}

/** Makes a bridge with a pair of virtual Ethernet devices for a moment. @throws SystemCallError */
export function probeVeth(): void {
  withBridge((routing, master) => {
    const namespace = route.namespaceOfProcess(process.pid);
    const peer = { name: 'wharf-check2', index: 0, macAddress: randomMac(), namespace };
    const veth = route.createVeth({ name: 'wharf-check1', index: 0, master, mtu, peer });
    routing.request([veth, route.deleteLink('wharf-check1')]);
  });
}

function withBridge(use: (routing: NetlinkSocket, index: number) => void): void {
  using routing = openNetlink(netlinkProtocol.route);
  routing.request([route.createBridge({ name: device, macAddress: randomMac(), mtu })]);
  try {
    const [body] = routing.request([route.getLink(device)]);
    if (body !== undefined) use(routing, decodeLink(body).index);
  } finally {
    routing.request([route.deleteLink(device)]);
  }
}
