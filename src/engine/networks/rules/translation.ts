import { expression, type NetlinkMessage, nftables } from '#linux';
import { bytesOf, parseAddress } from '../ipam/address.ts';
import type { BridgeRecord } from '../types.ts';
import {
  isNotIncoming,
  isNotOutgoing,
  isOutgoing,
  isToOthers,
  isTranslated,
  isWithin,
  type Match,
} from './matches.ts';
import { type Scope, scopes, slotCount } from './publication.ts';

type Hook = 'prerouting' | 'output';

/**
 * Connections to a published port are sent to the container by a look-up of what they are addressed to; from other
 * hosts when they come in (prerouting), from this host when they go out (output). With `onlyFrom` those that come in
 * by other devices are left as they are.
 */
export function destinationRules(
  table: nftables.Table,
  onlyFrom: readonly string[] | undefined,
): NetlinkMessage[] {
  const hook = (name: Hook, chain: readonly Scope[]): NetlinkMessage[] => [
    nftables.addChain({ table, name, type: 'nat', hook: name, priority: -100 }),
    ...(name === 'prerouting' && onlyFrom ? [exceptFrom(table, name, onlyFrom)] : []),
    nftables.addRule(table, name, [...isToOthers(), expression.verdict('return')]),
    ...(table.family === 6 ? unroutable(table, name) : []),
    ...chain.flatMap((scope) => translations(table, name, scope)),
  ];
  const { any, address, loopback } = scopes;
  const local = table.family === 4 ? [address, loopback, any] : [address, any];
  return [...hook('prerouting', [address, any]), ...hook('output', local)];
}

function exceptFrom(table: nftables.Table, chain: Hook, devices: readonly string[]): NetlinkMessage {
  return nftables.addRule(table, chain, [...devices.flatMap(isNotIncoming), expression.verdict('return')]);
}

/** IPv6 does not route these, whatever is translated: the shim's socket takes such connections. */
function unroutable(table: nftables.Table, chain: Hook): NetlinkMessage[] {
  return [
    nftables.addRule(table, chain, [...isWithin('destination', 'fe80::/10'), expression.verdict('return')]),
    nftables.addRule(table, chain, [...isAddress6('::1'), expression.verdict('return')]),
  ];
}

function isAddress6(text: string): Match {
  return [expression.loadAddress(6, 'destination'), expression.isEqual(bytesOf(parseAddress(text)))];
}

function translations(table: nftables.Table, chain: Hook, scope: Scope): NetlinkMessage[] {
  const { family } = table;
  const { key, slot } = keyOf(family, scope);
  const translate = expression.translateDestination(family);
  const rule = (...steps: Match) => nftables.addRule(table, chain, [...key, ...steps]);
  return [
    rule(expression.lookUp(scope.map), translate),
    rule(expression.loadRandom(slotCount, slot), expression.lookUp(scope.balanced), translate),
  ];
}

/** What loads the key of a scope's maps, and the slot after it. */
export function keyOf(family: 4 | 6, { byAddress }: Scope): { readonly key: Match; readonly slot: number } {
  const place = byAddress ? expression.slotsOf(family === 4 ? 4 : 16) : 0;
  const address = byAddress ? [expression.loadAddress(family, 'destination')] : [];
  const key = [
    ...address,
    expression.loadMeta('transportProtocol', place),
    expression.loadDestinationPort(place + 1),
  ];
  return { key, slot: place + 2 };
}

/** What leaves a translated network gets the host's address as its source, and some that comes into it. */
export function sourceRules(
  { bridge, pools, internal }: BridgeRecord,
  table: nftables.Table,
): NetlinkMessage[] {
  const { family } = table;
  const version = family === 4 ? 'ipv4' : 'ipv6';
  const name = 'postrouting';
  const rule = (...steps: Match) => nftables.addRule(table, name, steps);
  const subnets = pools.filter((pool) => pool.family === family).map(({ subnet }) => subnet);
  const hides = bridge.masquerade && !internal && bridge.gatewayModes[version].startsWith('nat');
  const outside = bridge.sourceAddresses[version];
  const hide =
    outside === undefined
      ? [expression.masquerade()]
      : expression.translateSource(bytesOf(parseAddress(outside)));
  return [
    nftables.addChain({ table, name, type: 'nat', hook: 'postrouting', priority: 100 }),
    // The host's own loopback address would mean the container to the container.
    ...(family === 4
      ? [rule(...isOutgoing(bridge.device), ...isWithin('source', '127.0.0.0/8'), expression.masquerade())]
      : []),
    // A neighbour's answer must come back this way, or its address would not be the one that was called.
    ...subnets.map((subnet) =>
      rule(
        ...isOutgoing(bridge.device),
        ...isWithin('source', subnet),
        ...isTranslated(),
        expression.masquerade(),
      ),
    ),
    ...(hides ? subnets : []).map((subnet) =>
      rule(...isNotOutgoing(bridge.device), ...isWithin('source', subnet), ...hide),
    ),
  ];
}
