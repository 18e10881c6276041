import { decodeAttributes, decodeText, decodeU32 } from './message.ts';

/** A network device as the kernel lists it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly mtu: number;
  readonly macAddress: string;
  /** Index of the bridge it is a port of; 0 when of none. */
  readonly master: number;
  /** `bridge`, `veth` …; empty for hardware and the loopback. */
  readonly kind: string;
  /** The text that setAlias() gave it. */
  readonly alias: string;
}

/** Decodes the body of an RTM_NEWLINK message. */
export function decodeLink(body: Uint8Array): Link {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const attributes = decodeAttributes(body.subarray(16));
  const info = attributes.get(18);
  return {
    index: view.getInt32(4, true),
    name: decodeText(attributes.get(3)),
    up: (view.getUint32(8, true) & 1) !== 0,
    mtu: decodeU32(attributes.get(4)),
    macAddress: macText(attributes.get(1) ?? new Uint8Array()),
    master: decodeU32(attributes.get(10)),
    kind: info === undefined ? '' : decodeText(decodeAttributes(info).get(1)),
    alias: decodeText(attributes.get(20)),
  };
}

/** An address of a device. */
export interface DeviceAddress {
  readonly index: number;
  /** 4 or 16 bytes, in network order. */
  readonly address: Uint8Array;
  readonly prefixLength: number;
}

/** Decodes the body of an RTM_NEWADDR message. */
export function decodeAddress(body: Uint8Array): DeviceAddress {
  const attributes = decodeAttributes(body.subarray(8));
  // An IPv6 address has no local end of its own.
  const address = attributes.get(2) ?? attributes.get(1) ?? new Uint8Array();
  return { index: decodeU32(body.subarray(4, 8)), address, prefixLength: body[1] ?? 0 };
}

function macText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
