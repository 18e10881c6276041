import { addon } from '../addon.ts';
import { checked } from '../errno.ts';
import { pollEvent, watchDescriptor } from '../poll.ts';
import { openSocket, socketFamily, socketType } from '../socket.ts';
import { decodeMessages, type ReceivedMessage, u32 } from './message.ts';
import { receiveSize } from './socket.ts';

const receiveBufferForce = 33;
const socketLevel = 1;
const sender = new Uint8Array(12);
const queueSize = 8 * 1024 * 1024;

/** A multicast group of one netlink protocol. */
export interface NetlinkGroup {
  readonly protocol: number;
  readonly group: number;
}

/**
 * Listens to what the kernel tells a group of this network namespace: `onMessages` gets what came at once, and whether
 * that is all of it. It does not keep the process alive.
 * @throws SystemCallError
 */
export function watchGroup(
  { protocol, group }: NetlinkGroup,
  onMessages: (messages: readonly ReceivedMessage[], isWhole: boolean) => void,
): Disposable {
  using undo = new DisposableStack();
  const { fd } = undo.use(openSocket({ family: socketFamily.netlink, type: socketType.raw, protocol }));
  addon().setSocketOption(fd, socketLevel, receiveBufferForce, u32(queueSize));
  checked(addon().bindSocket(fd, groupAddress(group)), 'netlink bind');
  const buffer = new Uint8Array(receiveSize);
  const onReadable = () => {
    const messages: ReceivedMessage[] = [];
    const isWhole = readAll(fd, buffer, messages);
    watch.arm(pollEvent.readable);
    onMessages(messages, isWhole);
  };
  const watch = undo.use(watchDescriptor(fd, onReadable, { background: true }));
  watch.arm(pollEvent.readable);
  return undo.move();
}

/** struct sockaddr_nl: a port of the kernel's choice, and one multicast group. */
function groupAddress(group: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, socketFamily.netlink, true);
  view.setUint32(8, 1 << (group - 1), true);
  return bytes;
}

/** Reads what has come; false when the kernel had to leave something out. */
function readAll(fd: number, buffer: Uint8Array, messages: ReceivedMessage[]): boolean {
  for (let isWhole = true; ; ) {
    const length = addon().receiveFrom(fd, buffer, sender);
    if (length < 0) {
      const noRoom = -105;
      if (length !== noRoom) return isWhole;
      isWhole = false;
      continue;
    }
    messages.push(...decodeMessages(buffer.slice(0, length)));
  }
}
