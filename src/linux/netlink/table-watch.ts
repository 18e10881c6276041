import { watchGroup } from './group-watch.ts';
import { decodeAttributes, decodeText, type ReceivedMessage } from './message.ts';
import { messageType, subsystem } from './nftables.ts';
import { netlinkProtocol } from './socket.ts';

const rulesGroup = { protocol: netlinkProtocol.netfilter, group: 7 };

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
  return watchGroup(rulesGroup, (messages, isWhole) => {
    const lost = messages.filter((message) => isDeletion(message) && !isOurs(message.port));
    if (lost.length > 0 || !isWhole) onLoss(isWhole ? new Set(lost.map(tableOf)) : undefined);
  });
}

function isDeletion({ type }: ReceivedMessage): boolean {
  return type >> 8 === subsystem && deletions.includes(type & 0xff);
}

function tableOf({ body }: ReceivedMessage): string {
  const familyHeaderLength = 4;
  return decodeText(decodeAttributes(body.subarray(familyHeaderLength)).get(1));
}
