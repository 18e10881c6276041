import { expression, type NetlinkMessage, nftables } from '#linux';
import type { BridgeRecord, GatewayMode } from '../types.ts';
import {
  isControlMessage,
  isEstablished,
  isIncoming,
  isNotOutgoing,
  isTranslated,
  isWithin,
  type Match,
} from './matches.ts';
import { linkedPorts } from './passage.ts';
import { openPorts } from './publication.ts';

/**
 * Towards the bridge pass answers, neighbours, and what the gateway mode opens to others. To accept here is not to
 * overrule anybody: a packet must also pass the chains of the host's own firewall.
 */
export function forwardRules({ bridge, internal }: BridgeRecord, table: nftables.Table): NetlinkMessage[] {
  const name = 'forward';
  const { device, interContainer, trustedInterfaces } = bridge;
  const accept = expression.verdict('accept');
  const rule = (...steps: Match) => nftables.addRule(table, name, steps);
  const entering = (match: Match) => rule(...match, accept);
  const neighbours = [...isIncoming(device), ...(interContainer ? [] : isLinked(table))];
  const opened = openedBy(bridge.gatewayModes[table.family === 4 ? 'ipv4' : 'ipv6'], table);
  const outside = [...trustedInterfaces.map(isIncoming), ...opened];
  return [
    nftables.addChain({ table, name, type: 'filter', hook: 'forward', priority: 0 }),
    ...(internal ? [rule(...isIncoming(device), ...isNotOutgoing(device), expression.verdict('drop'))] : []),
    rule(...isNotOutgoing(device), expression.verdict('return')),
    entering(isEstablished()),
    entering(neighbours),
    ...(internal ? [] : outside.map(entering)),
    rule(expression.verdict('drop')),
  ];
}

/** What others may send to containers, any of which is enough. */
function openedBy(mode: GatewayMode, table: nftables.Table): Match[] {
  switch (mode) {
    case 'nat':
      return [isTranslated()];
    case 'nat-unprotected':
      return [[]];
    case 'routed':
      return [isOpen(table), isControlMessage(table), isTranslated()];
    case 'isolated':
      return [];
  }
}

function isOpen({ family }: nftables.Table): Match {
  const place = addressSlots(family);
  return [
    expression.loadAddress(family, 'destination'),
    expression.loadMeta('transportProtocol', place),
    expression.loadDestinationPort(place + 1),
    expression.isIn(openPorts),
  ];
}

function isLinked({ family }: nftables.Table): Match {
  const place = addressSlots(family);
  return [
    expression.loadAddress(family, 'source'),
    expression.loadAddress(family, 'destination', { slot: place }),
    expression.loadMeta('transportProtocol', 2 * place),
    expression.loadDestinationPort(2 * place + 1),
    expression.isIn(linkedPorts),
  ];
}

function addressSlots(family: 4 | 6): number {
  return expression.slotsOf(family === 4 ? 4 : 16);
}

/** Without this the routing of 127/8 that the bridge needs for answers would open the host's loopback to containers. */
export function loopbackGuard({ bridge }: BridgeRecord, table: nftables.Table): NetlinkMessage[] {
  if (table.family === 6) return [];
  const name = 'guard';
  const toLoopback = [...isIncoming(bridge.device), ...isWithin('destination', '127.0.0.0/8')];
  return [
    nftables.addChain({ table, name, type: 'filter', hook: 'prerouting', priority: -300 }),
    nftables.addRule(table, name, [...toLoopback, expression.verdict('drop')]),
  ];
}
