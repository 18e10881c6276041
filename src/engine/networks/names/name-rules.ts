import { encodeMessages, expression, type NetlinkMessage, nftables } from '#linux';
import type { HeldSocket } from '#runtime';

/** Where a container's libc asks, by its resolv.conf. */
export const resolverAddress = '127.0.0.11';
const addressBytes = Uint8Array.of(127, 0, 0, 11);
/** Above the ports that the kernel chooses from: port 53 stays free for a server of the container's own. */
const heldPort = 61_053;
const dnsPort = 53;
const table = { family: 4, name: 'wharf-names' } as const;
const chain = 'output';

/** The sockets that the resolver answers at; the resolver takes them in this order. */
export const heldSockets: readonly HeldSocket[] = [
  { protocol: 'udp', address: addressBytes, port: heldPort },
  { protocol: 'tcp', address: addressBytes, port: heldPort },
];

/**
 * What leads port 53 of the resolver's address to those sockets, in the container's namespace. Each packet's port is
 * rewritten by itself, on the way there and on the way back, so that no connection of the container is tracked.
 */
export const nameRules: Uint8Array = encodeMessages(
  nftables.transaction([
    nftables.addTable(table),
    nftables.addChain({ table, name: chain, type: 'filter', hook: 'output', priority: -300 }),
    ...(['udp', 'tcp'] as const).flatMap((protocol) => [
      rewriteRule(protocol, 'destination', { from: dnsPort, to: heldPort }),
      rewriteRule(protocol, 'source', { from: heldPort, to: dnsPort }),
    ]),
  ]),
);

function rewriteRule(
  protocol: 'udp' | 'tcp',
  which: 'source' | 'destination',
  port: { readonly from: number; readonly to: number },
): NetlinkMessage {
  const { element } = expression;
  return nftables.addRule(table, chain, [
    expression.loadAddress(4, which),
    expression.isEqual(addressBytes),
    expression.loadMeta('transportProtocol'),
    expression.isEqual(element.protocol(protocol)),
    which === 'source' ? expression.loadSourcePort() : expression.loadDestinationPort(),
    expression.isEqual(element.port(port.from)),
    expression.loadValue(element.port(port.to)),
    expression.storePort(which, protocol),
  ]);
}
