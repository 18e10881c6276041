import { watchGroup } from './group-watch.ts';
import { decodeLink } from './link.ts';
import { deleteLink } from './route/index.ts';
import { linkMessageType } from './route/link-message.ts';
import { netlinkProtocol, requestAside } from './socket.ts';

const linkGroup = { protocol: netlinkProtocol.route, group: 1 };

/**
 * Deletes a device; it is gone for everybody when this settles. The kernel answers its request only later, when it has
 * freed the device too, which is often the longer part.
 * @throws SystemCallError ENODEV, when there is none of that name
 */
export async function removeLink(name: string): Promise<void> {
  const gone = Promise.withResolvers<void>();
  using _watch = watchGroup(linkGroup, (messages) => {
    const removed = messages.filter(({ type }) => type === linkMessageType.delete);
    if (removed.some(({ body }) => decodeLink(body).name === name)) gone.resolve();
  });
  const freed = requestAside(netlinkProtocol.route, [deleteLink(name)]);
  await Promise.race([gone.promise, freed]);
  // What it says after all have seen the device go concerns nobody.
  freed.catch(() => undefined);
}
