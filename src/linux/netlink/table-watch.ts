import { addon } from '../addon.ts';
import { checked } from '../errno.ts';
import { pollEvent, watchDescriptor } from '../poll.ts';
import { openSocket, socketFamily, socketType } from '../socket.ts';
import { decodeAttributes, decodeMessages, decodeText, type ReceivedMessage, u32 } from './message.ts';
import { messageType, subsystem } from './nftables.ts';
import { netlinkProtocol, receiveSize } from './socket.ts';

const receiveBufferForce = 33;
const socketLevel = 1;
const sender = new Uint8Array(12);
const queueSize = 8 * 1024 * 1024;
const rulesGroup = 7;

const { deleteTable, deleteChain, deleteRule, deleteSet, deleteElements } = messageType;
const deletions: readonly number[] = [deleteTable, deleteChain, deleteRule, deleteSet, deleteElements];

/**
 * Tells when somebody deletes from an nftables table of this network namespace, or the whole table: once for what
 * happened at once. It does not keep the process alive.
 * @param isOurs whether a change was made by the netlink socket of that port, and is not to be told
 * @param onLoss gets the names of the tables; undefined when so much has changed that some of it was not told
 * @throws SystemCallError
 */
export function watchTables(
  isOurs: (port: number) => boolean,
  onLoss: (names: ReadonlySet<string> | undefined) => void,
): Disposable {
  using undo = new DisposableStack();
  const request = { family: socketFamily.netlink, type: socketType.raw, protocol: netlinkProtocol.netfilter };
  const { fd } = undo.use(openSocket(request));
  addon().setSocketOption(fd, socketLevel, receiveBufferForce, u32(queueSize));
  checked(addon().bindSocket(fd, groupAddress(rulesGroup)), 'netlink bind');
  const buffer = new Uint8Array(receiveSize);
  const onReadable = () => {
    const names = new Set<string>();
    const isWhole = readAll(fd, buffer, (message) => {
      if (isDeletion(message) && !isOurs(message.port)) names.add(tableOf(message));
    });
    if (names.size > 0 || !isWhole) onLoss(isWhole ? names : undefined);
    watch.arm(pollEvent.readable);
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
function readAll(fd: number, buffer: Uint8Array, take: (message: ReceivedMessage) => void): boolean {
  for (let isWhole = true; ; ) {
    const length = addon().receiveFrom(fd, buffer, sender);
    if (length < 0) {
      const noRoom = -105;
      if (length !== noRoom) return isWhole;
      isWhole = false;
      continue;
    }
    for (const message of decodeMessages(buffer.slice(0, length))) take(message);
  }
}

function isDeletion({ type }: ReceivedMessage): boolean {
  return type >> 8 === subsystem && deletions.includes(type & 0xff);
}

function tableOf({ body }: ReceivedMessage): string {
  const familyHeaderLength = 4;
  return decodeText(decodeAttributes(body.subarray(familyHeaderLength)).get(1));
}
