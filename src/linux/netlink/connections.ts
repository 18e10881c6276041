import { attribute, decodeAttributes, messageFlag, type NetlinkMessage } from './message.ts';
import { familyNumber, type IpFamily } from './nft-expression.ts';
import type { NetlinkSocket } from './socket.ts';

const subsystem = 1;
const messageType = { get: 1, delete: 2 } as const;

/** As connection tracking numbers them. */
const tcpStates = [
  'none',
  'synSent',
  'synReceived',
  'established',
  'finWait',
  'closeWait',
  'lastAck',
  'timeWait',
  'close',
] as const;
export type TcpState = (typeof tcpStates)[number];

/** One end of a connection. */
export interface ConnectionEnd {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** A connection that passes this host, as connection tracking knows it. */
export interface Connection {
  readonly family: IpFamily;
  /** 6 is TCP, 17 UDP. */
  readonly protocol: number;
  /** Undefined but for TCP. */
  readonly state: TcpState | undefined;
  /** What the caller addressed. */
  readonly called: ConnectionEnd;
  /** Who answers: another one when the destination was translated. */
  readonly answering: ConnectionEnd;
  /** The kernel's own form of the caller's and the called end. */
  readonly tuple: Uint8Array;
}

/** The connections of one family in the netfilter socket's network namespace. @throws SystemCallError */
export function listConnections(socket: NetlinkSocket, family: IpFamily): Connection[] {
  const request = connectionMessage(family, messageType.get, messageFlag.dump);
  return socket.request([request]).flatMap((body) => decodeConnection(family, body) ?? []);
}

/** Makes the kernel forget a connection: its next packet begins one. @throws SystemCallError ENOENT, when it has */
export function forgetConnection(socket: NetlinkSocket, { family, tuple }: Connection): void {
  const original = 1;
  const nested = 0x8000;
  const request = connectionMessage(family, messageType.delete, messageFlag.acknowledge);
  socket.request([{ ...request, attributes: [attribute(original | nested, tuple)] }]);
}

function connectionMessage(family: IpFamily, type: number, flags: number): NetlinkMessage {
  return {
    type: (subsystem << 8) | type,
    flags: messageFlag.request | flags,
    header: Uint8Array.of(familyNumber[family], 0, 0, 0),
    attributes: [],
  };
}

const noBytes = new Uint8Array();

function decodeConnection(family: IpFamily, body: Uint8Array): Connection | undefined {
  const familyHeaderLength = 4;
  const attributes = decodeAttributes(body.subarray(familyHeaderLength));
  const tuple = attributes.get(1);
  const reply = attributes.get(2);
  if (tuple === undefined || reply === undefined) return undefined;
  const tcp = decodeAttributes(decodeAttributes(attributes.get(4) ?? noBytes).get(1) ?? noBytes);
  return {
    family,
    protocol: protocolOf(tuple),
    state: tcpStates[tcp.get(1)?.[0] ?? -1],
    called: endOf(family, tuple, 'destination'),
    answering: endOf(family, reply, 'source'),
    tuple: tuple.slice(),
  };
}

function protocolOf(tuple: Uint8Array): number {
  return decodeAttributes(decodeAttributes(tuple).get(2) ?? noBytes).get(1)?.[0] ?? 0;
}

function endOf(family: IpFamily, tuple: Uint8Array, which: 'source' | 'destination'): ConnectionEnd {
  const parts = decodeAttributes(tuple);
  const addresses = decodeAttributes(parts.get(1) ?? noBytes);
  const ports = decodeAttributes(parts.get(2) ?? noBytes);
  const number = (family === 4 ? 1 : 3) + (which === 'source' ? 0 : 1);
  const port = ports.get(which === 'source' ? 2 : 3) ?? noBytes;
  return {
    address: (addresses.get(number) ?? noBytes).slice(),
    port: port.length < 2 ? 0 : ((port[0] ?? 0) << 8) | (port[1] ?? 0),
  };
}
