import { decodeAttributes, decodeU32 } from './message.ts';

/** An entry of a routing table, of whichever table. */
export interface RouteEntry {
  /** 4 or 16 bytes, in network order. */
  readonly destination: Uint8Array;
  readonly prefixLength: number;
  /** Index of the device that it leads out of; 0 for none or several. */
  readonly device: number;
  /** `RTN_*` of the kernel: 1 unicast, 2 local, 3 broadcast, 5 multicast, 6 to 8 nowhere … */
  readonly type: number;
}

const lengths: Readonly<Record<number, number>> = { 2: 4, 10: 16 };

/** Decodes the body of an RTM_NEWROUTE message; undefined for a route of neither IPv4 nor IPv6. */
export function tryDecodeRoute(body: Uint8Array): RouteEntry | undefined {
  const [family = 0, prefixLength = 0] = body;
  const length = lengths[family];
  if (length === undefined) return undefined;
  const attributes = decodeAttributes(body.subarray(12));
  return {
    destination: attributes.get(1) ?? new Uint8Array(length),
    prefixLength,
    device: decodeU32(attributes.get(4)),
    type: body[7] ?? 0,
  };
}
