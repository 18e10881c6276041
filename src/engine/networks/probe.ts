import { decodeLink, type NetlinkSocket, netlinkProtocol, nftables, openNetlink, route } from '#linux';
import { randomMac } from './ipam/mac-address.ts';
import { anyIpv4 } from './ports/host-ports.ts';
import { networkTable } from './rules/rules.ts';
import type { BridgeSettings } from './types.ts';

const device = 'wharf-check';
const mtu = 1500;

const settings: BridgeSettings = {
  device,
  subnet: '192.0.2.0/24',
  gateway: '192.0.2.1',
  range: undefined,
  mtu,
  masquerade: true,
  interContainer: true,
  defaultBinding: anyIpv4,
};

/** Makes a network's whole table and deletes it in the same transaction. @throws SystemCallError */
export function probeFirewall(): void {
  using filtering = openNetlink(netlinkProtocol.netfilter);
  const table = networkTable(settings, { internal: false, publications: [] });
  filtering.request(nftables.transaction([...table, nftables.deleteTable(device)]));
}

/** Makes a bridge for a moment. @throws SystemCallError */
export function probeBridge(): void {
  withBridge(() => {});
}

/** Makes a bridge with a pair of virtual Ethernet devices for a moment. @throws SystemCallError */
export function probeVeth(): void {
  withBridge((routing, master) => {
    const peer = { name: 'wharf-check2', index: 0, macAddress: randomMac() };
    const { message, pid } = route.createVeth({ name: 'wharf-check1', index: 0, master, mtu, peer });
    if (pid.payload instanceof Uint8Array)
      pid.payload.set(new Uint8Array(Uint32Array.of(process.pid).buffer));
    routing.request([message, route.deleteLink('wharf-check1')]);
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
