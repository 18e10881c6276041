import { expression, type nftables } from '#linux';
import { bytesOf, parseSubnet } from '../ipam/address.ts';

/** Expressions that a packet must pass for the rule to go on. */
export type Match = readonly expression.Expression[];

const none = new Uint8Array(4);

export function isIncoming(device: string): Match {
  return [expression.loadMeta('incomingName'), expression.isEqual(expression.deviceName(device))];
}

export function isNotIncoming(device: string): Match {
  return [expression.loadMeta('incomingName'), expression.isNotEqual(expression.deviceName(device))];
}

export function isOutgoing(device: string): Match {
  return [expression.loadMeta('outgoingName'), expression.isEqual(expression.deviceName(device))];
}

export function isNotOutgoing(device: string): Match {
  return [expression.loadMeta('outgoingName'), expression.isNotEqual(expression.deviceName(device))];
}

/** Not addressed to this host itself. */
export function isToOthers(): Match {
  return [expression.loadDestinationType(), expression.isNotEqual(expression.addressType.local)];
}

/** One of the packet's addresses is within a subnet (`10.0.0.0/8`) of the table's family. */
export function isWithin(which: 'source' | 'destination', subnet: string): Match {
  const { family, base, prefixLength } = parseSubnet(subnet);
  const bits = family === 4 ? 32n : 128n;
  const mask = (1n << bits) - (1n << (bits - BigInt(prefixLength)));
  return [
    expression.loadAddress(family, which),
    expression.keepBits(bytesOf({ family, value: mask })),
    expression.isEqual(bytesOf({ family, value: base })),
  ];
}

/** The connection is known, or belongs to a known one. */
export function isEstablished(): Match {
  const establishedOrRelated = Uint8Array.of(2 | 4, 0, 0, 0);
  return hasBits('state', establishedOrRelated);
}

/** The connection's destination was translated, as that of a published port is. */
export function isTranslated(): Match {
  const destinationTranslated = Uint8Array.of(32, 0, 0, 0);
  return hasBits('status', destinationTranslated);
}

function hasBits(key: 'state' | 'status', bits: Uint8Array): Match {
  return [expression.loadTracking(key), expression.keepBits(bits), expression.isNotEqual(none)];
}

/** What a ping and path errors come by. */
export function isControlMessage({ family }: nftables.Table): Match {
  const protocol = expression.element.protocol(family === 4 ? 'icmp' : 'icmpv6');
  return [expression.loadMeta('transportProtocol'), expression.isEqual(protocol)];
}
