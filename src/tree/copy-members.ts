import { type WalkOptions, walkTree } from './walk-tree.ts';
import { MemberWriter, type Target, type WriteOptions } from './write-members.ts';

/**
 * Copies what is in a directory into another one; files share their blocks where the file system can.
 * @param from a trusted path
 */
export async function copyMembers(
  from: string,
  target: Target,
  { walk, write }: { readonly walk: WalkOptions; readonly write: WriteOptions },
): Promise<void> {
  await using writer = new MemberWriter(target, write);
  let canClone = true;
  const takeFile = async (path: string): Promise<boolean> => {
    if (!writer.expectsContent) return true;
    canClone &&= await writer.clone(path);
    return canClone;
  };
  for await (const item of walkTree(`${from}/.`, '.', { ...walk, takeFile })) {
    if (item.kind === 'content') await writer.content(item.piece);
    else await writer.entry(item.entry);
  }
  await writer.finish();
}
