import { type Attribute, messageFlag, type NetlinkMessage } from '../message.ts';

export const linkMessageType = { set: 16, delete: 17, get: 18 } as const;
export const linkAttribute = {
  address: 1,
  name: 3,
  mtu: 4,
  parent: 5,
  master: 10,
  info: 18,
  netnsPid: 19,
  alias: 20,
  afSpec: 26,
  netnsDescriptor: 28,
} as const;
export const linkInfo = { kind: 1, payload: 2, slaveKind: 4, slavePayload: 5 } as const;

/** What rtnetlink is told of a request: what is there already is an error when something is made. */
export const making =
  messageFlag.request | messageFlag.acknowledge | messageFlag.create | messageFlag.exclusive;
export const changing = messageFlag.request | messageFlag.acknowledge;

export interface LinkHeader {
  readonly index?: number | undefined;
  readonly up?: boolean | undefined;
  /** Whether it asks for its neighbours' MAC addresses. */
  readonly resolves?: boolean | undefined;
}

const linkUp = 1;
const noResolution = 0x80;

/** struct ifinfomsg */
export function linkHeader({ index = 0, up, resolves }: LinkHeader): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setInt32(4, index, true);
  view.setUint32(8, (up ? linkUp : 0) | (resolves === false ? noResolution : 0), true);
  view.setUint32(12, (up === undefined ? 0 : linkUp) | (resolves === undefined ? 0 : noResolution), true);
  return bytes;
}

/** Makes a device. */
export function makeLink(header: LinkHeader, attributes: readonly Attribute[]): NetlinkMessage {
  return { type: linkMessageType.set, flags: making, header: linkHeader(header), attributes };
}

/** Changes a device that is there. */
export function changeLink(header: LinkHeader, attributes: readonly Attribute[]): NetlinkMessage {
  return { type: linkMessageType.set, flags: changing, header: linkHeader(header), attributes };
}
