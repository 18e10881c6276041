import { write } from 'node:fs';
import { promisify } from 'node:util';
import { addon } from '../addon.ts';
import { checked, SystemCallError } from '../errno.ts';
import { openSocket, socketFamily, socketType } from '../socket.ts';
import {
  decodeAttributes,
  decodeMessages,
  decodeText,
  encodeMessages,
  messageFlag,
  type NetlinkMessage,
  type ReceivedMessage,
  u32,
} from './message.ts';

export const netlinkProtocol = { route: 0, netfilter: 12 } as const;

/** A netlink socket for requests, each answered before the call returns: the kernel answers while we send. */
export interface NetlinkSocket extends Disposable {
  /** What the kernel tells this socket from others by; 0 before its first answer. */
  readonly port: number;
  /**
   * Sends the messages, those of a transaction in one go, and waits for the answer to each that asks for one.
   * @returns the bodies of what was returned besides acknowledgements, such as a dump's entries
   * @throws SystemCallError with the kernel's own words where it gives some, for the first message refused
   */
  request(messages: readonly NetlinkMessage[]): Uint8Array[];
}

const controlType = { error: 2, done: 3 } as const;
export const receiveSize = 256 * 1024;
const sendSize = 8 * 1024 * 1024;

/** Opens a netlink socket, in another network namespace if a descriptor of it is given. @throws SystemCallError */
export function openNetlink(protocol: number, netns?: number): NetlinkSocket {
  const request = { family: socketFamily.netlink, type: socketType.raw, protocol };
  const socket = openSocket(netns === undefined ? request : { ...request, netns });
  configure(socket.fd);
  const buffer = new Uint8Array(receiveSize);
  let sequence = 0;
  let port = 0;

  const exchange = (messages: readonly NetlinkMessage[]): Uint8Array[] => {
    const first = sequence + 1;
    sequence += messages.length;
    checked(addon().write(socket.fd, encodeMessages(messages, first)), 'netlink send');
    return collectAnswers(messages, first, () => {
      const length = checked(addon().read(socket.fd, buffer), 'netlink receive');
      const received = decodeMessages(buffer.slice(0, length));
      port ||= received[0]?.port ?? 0;
      return received;
    });
  };

  return {
    get port() {
      return port;
    },
    request: (messages) => inGoes(messages).flatMap(exchange),
    [Symbol.dispose]: () => socket[Symbol.dispose](),
  };
}

/**
 * Sends messages from a thread, on a socket of its own: for what the kernel waits some tens of milliseconds for, such
 * as the removal of a device. There must be few enough answers for the kernel's buffer.
 * @throws SystemCallError as request() does
 */
export async function requestAside(protocol: number, messages: readonly NetlinkMessage[]): Promise<void> {
  using socket = openSocket({ family: socketFamily.netlink, type: socketType.raw, protocol });
  configure(socket.fd);
  await promisify(write)(socket.fd, encodeMessages(messages));
  const buffer = new Uint8Array(4096);
  collectAnswers(messages, 1, () =>
    decodeMessages(buffer.slice(0, checked(addon().read(socket.fd, buffer), 'netlink receive'))),
  );
}

/** A lost answer becomes an error after 5 s; refusals come with their text and without a copy of the request. */
function configure(fd: number): void {
  const socketLevel = 1;
  const sendBufferForce = 32;
  const receiveTimeout = 20;
  const netlinkLevel = 270;
  const capAcknowledge = 10;
  const extendedAcknowledge = 11;
  const fiveSeconds = Uint8Array.of(5, ...new Uint8Array(15));
  addon().setSocketOption(fd, socketLevel, receiveTimeout, fiveSeconds);
  addon().setSocketOption(fd, socketLevel, sendBufferForce, u32(sendSize));
  addon().setSocketOption(fd, netlinkLevel, capAcknowledge, u32(1));
  addon().setSocketOption(fd, netlinkLevel, extendedAcknowledge, u32(1));
}

/** Messages in parts whose answers the kernel has room for until we read them. */
function inGoes(messages: readonly NetlinkMessage[]): NetlinkMessage[][] {
  const most = 64;
  const goes: NetlinkMessage[][] = [[]];
  let answers = 0;
  for (const message of messages) {
    if (answers === most) {
      goes.push([]);
      answers = 0;
    }
    goes.at(-1)?.push(message);
    if (message.flags & messageFlag.acknowledge) answers++;
  }
  return goes;
}

function collectAnswers(
  messages: readonly NetlinkMessage[],
  first: number,
  receive: () => ReceivedMessage[],
): Uint8Array[] {
  const answered = messageFlag.acknowledge | messageFlag.dump;
  const waiting = new Set(messages.flatMap(({ flags }, i) => (flags & answered ? [first + i] : [])));
  const bodies: Uint8Array[] = [];
  while (waiting.size > 0) {
    for (const message of receive()) {
      // What an earlier, failed request left unread is not ours.
      if (message.sequence < first) continue;
      if (message.type === controlType.error) throwRefusal(message);
      if (message.type === controlType.error || message.type === controlType.done)
        waiting.delete(message.sequence);
      else bodies.push(message.body);
    }
  }
  return bodies;
}

/** Throws what an NLMSG_ERROR says, unless it is an acknowledgement. */
function throwRefusal({ body }: ReceivedMessage): void {
  const errno = -new DataView(body.buffer, body.byteOffset).getInt32(0, true);
  if (errno === 0) return;
  const errorAndHeaderLength = 20;
  const messageAttribute = 1;
  const words = decodeText(decodeAttributes(body.subarray(errorAndHeaderLength)).get(messageAttribute));
  throw new SystemCallError(errno, 'netlink', undefined, words === '' ? undefined : words);
}
