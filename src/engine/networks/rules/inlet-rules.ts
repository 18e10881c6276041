import { expression, type NetlinkMessage, nftables } from '#linux';
import type { Inlet } from '../drivers/inlet.ts';
import { addressBytes } from '../ipam/address.ts';
import { isNotIncoming, isWithin, type Match } from './matches.ts';
import { scopes } from './publication.ts';
import { keyOf } from './translation.ts';

/** Whom the cable leads to does not matter: nobody resolves it. */
const nextHop = { 4: '169.254.107.2', 6: 'fe80::2' } as const;

/** The host's own firewall has spoken by then. */
const afterFilters = 90;

/**
 * Has callers from outside go by the host's `input`: their first packet is addressed to the host until then. One that
 * is let in comes in again by the inlet, where it is translated; connection tracking sends the rest the same way at
 * once.
 */
export function inletRules(table: nftables.Table, inlet: Inlet): NetlinkMessage[] {
  const name = 'input';
  const { any, address } = scopes;
  return [
    nftables.addChain({ table, name, type: 'filter', hook: 'input', priority: afterFilters }),
    ...(table.family === 6 ? [passBy(table, isWithin('destination', 'fe80::/10'))] : []),
    ...[address, any].map((scope) =>
      nftables.addRule(table, name, [
        ...firstFromOutside(inlet),
        ...keyOf(table.family, scope).key,
        expression.isIn(scope.input),
        ...sendAgain(table, inlet),
      ]),
    ),
  ];
}

function passBy(table: nftables.Table, match: Match): NetlinkMessage {
  return nftables.addRule(table, 'input', [...match, expression.verdict('accept')]);
}

function firstFromOutside({ arrival }: Inlet): Match {
  const isNew = Uint8Array.of(8, 0, 0, 0);
  return [
    ...isNotIncoming('lo'),
    ...isNotIncoming(arrival),
    expression.loadTracking('state'),
    expression.isEqual(isNew),
  ];
}

function sendAgain({ family }: nftables.Table, { sender }: Inlet): Match {
  return [...expression.duplicate(addressBytes(nextHop[family]), sender), expression.verdict('drop')];
}
