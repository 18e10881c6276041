/** One attribute: a type with bytes or with attributes inside it. */
export interface Attribute {
  readonly type: number;
  readonly payload: Uint8Array | readonly Attribute[];
  /** A fixed structure between the type and the attributes inside. */
  readonly header?: Uint8Array;
}

/** One netlink message before it is numbered and laid out (netlink(7)). */
export interface NetlinkMessage {
  readonly type: number;
  /** Sum of messageFlag. */
  readonly flags: number;
  /** The family's own fixed header, such as struct ifinfomsg. */
  readonly header: Uint8Array;
  readonly attributes: readonly Attribute[];
}

export const messageFlag = {
  request: 1,
  acknowledge: 4,
  dump: 0x300,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
} as const;

const nestedFlag = 0x8000;
const messageHeaderLength = 16;
const attributeHeaderLength = 4;

export const padded = (length: number): number => (length + 3) & ~3;

function numberBytes(length: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}

/** Numbers in the host's order, which is little endian on every machine we run on. */
export const u8 = (value: number): Uint8Array => Uint8Array.of(value);
export const u16 = (value: number): Uint8Array => numberBytes(2, (view) => view.setUint16(0, value, true));
export const u32 = (value: number): Uint8Array => numberBytes(4, (view) => view.setUint32(0, value, true));
/** Numbers in network order. */
export const u16be = (value: number): Uint8Array => numberBytes(2, (view) => view.setUint16(0, value));
export const u32be = (value: number): Uint8Array => numberBytes(4, (view) => view.setUint32(0, value));
/** A text with its final NUL. */
export const text = (value: string): Uint8Array => new TextEncoder().encode(`${value}\0`);

export function attribute(type: number, payload: Uint8Array | readonly Attribute[]): Attribute {
  return { type, payload };
}

/** Lays the messages out in one buffer; message i gets the sequence number `firstSequence + i`. */
export function encodeMessages(messages: readonly NetlinkMessage[], firstSequence = 1): Uint8Array {
  const bytes = new Uint8Array(messages.reduce((sum, message) => sum + messageLength(message), 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  messages.forEach((message, place) => {
    const length = messageLength(message);
    view.setUint32(offset, length, true);
    view.setUint16(offset + 4, message.type, true);
    view.setUint16(offset + 6, message.flags, true);
    view.setUint32(offset + 8, firstSequence + place, true);
    bytes.set(message.header, offset + messageHeaderLength);
    writeAttributes(bytes, offset + messageHeaderLength + padded(message.header.length), message.attributes);
    offset += length;
  });
  return bytes;
}

/** Where an attribute's payload starts in the encoded message; the attribute is found by identity. */
export function payloadOffset(message: NetlinkMessage, wanted: Attribute): number {
  const start = messageHeaderLength + padded(message.header.length);
  const offset = offsetAmong(message.attributes, wanted);
  if (offset === undefined) throw new Error('the attribute is not part of the message');
  return start + offset;
}

function offsetAmong(attributes: readonly Attribute[], wanted: Attribute): number | undefined {
  let offset = 0;
  for (const candidate of attributes) {
    const start = offset + attributeHeaderLength;
    if (candidate === wanted) return start;
    const inner = isNested(candidate.payload) ? offsetAmong(candidate.payload, wanted) : undefined;
    if (inner !== undefined) return start + headerLength(candidate) + inner;
    offset += padded(attributeLength(candidate));
  }
  return undefined;
}

function messageLength(message: NetlinkMessage): number {
  return messageHeaderLength + padded(message.header.length) + attributesLength(message.attributes);
}

function attributesLength(attributes: readonly Attribute[]): number {
  return attributes.reduce((sum, one) => sum + padded(attributeLength(one)), 0);
}

function attributeLength(one: Attribute): number {
  const inside = isNested(one.payload) ? attributesLength(one.payload) : one.payload.length;
  return attributeHeaderLength + headerLength(one) + inside;
}

function headerLength({ header }: Attribute): number {
  return padded(header?.length ?? 0);
}

function isNested(payload: Attribute['payload']): payload is readonly Attribute[] {
  return Array.isArray(payload);
}

function writeAttributes(bytes: Uint8Array, from: number, attributes: readonly Attribute[]): void {
  const view = new DataView(bytes.buffer);
  let offset = from;
  for (const one of attributes) {
    const nested = isNested(one.payload);
    view.setUint16(offset, attributeLength(one), true);
    view.setUint16(offset + 2, one.type | (nested ? nestedFlag : 0), true);
    const start = offset + attributeHeaderLength;
    if (one.header !== undefined) bytes.set(one.header, start);
    if (isNested(one.payload)) writeAttributes(bytes, start + headerLength(one), one.payload);
    else bytes.set(one.payload, start);
    offset += padded(attributeLength(one));
  }
}

/** A received message. */
export interface ReceivedMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** The socket that asked for it or caused it: see NetlinkSocket.port. */
  readonly port: number;
  /** What follows the netlink header: the family's header and attributes. */
  readonly body: Uint8Array;
}

/** Splits a received buffer into its messages. */
export function decodeMessages(bytes: Uint8Array): ReceivedMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const messages: ReceivedMessage[] = [];
  let offset = 0;
  while (offset + messageHeaderLength <= bytes.length) {
    const length = view.getUint32(offset, true);
    if (length < messageHeaderLength || offset + length > bytes.length) break;
    messages.push({
      type: view.getUint16(offset + 4, true),
      flags: view.getUint16(offset + 6, true),
      sequence: view.getUint32(offset + 8, true),
      port: view.getUint32(offset + 12, true),
      body: bytes.subarray(offset + messageHeaderLength, offset + length),
    });
    offset += padded(length);
  }
  return messages;
}

/** The attributes of a received body, by type; of one type the last. */
export function decodeAttributes(bytes: Uint8Array): Map<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const attributes = new Map<number, Uint8Array>();
  let offset = 0;
  while (offset + attributeHeaderLength <= bytes.length) {
    const length = view.getUint16(offset, true);
    if (length < attributeHeaderLength || offset + length > bytes.length) break;
    const type = view.getUint16(offset + 2, true) & 0x3fff;
    attributes.set(type, bytes.subarray(offset + attributeHeaderLength, offset + length));
    offset += padded(length);
  }
  return attributes;
}

/** The text of a received attribute, without its NUL. */
export function decodeText(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return '';
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** The number of a received 4-byte attribute in host order; 0 when there is none. */
export function decodeU32(bytes: Uint8Array | undefined): number {
  if (bytes === undefined || bytes.length < 4) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
