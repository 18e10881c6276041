import { encodeTar, readTarStream, type TarMembers, toByteString } from '#oci';
import type { Placement } from './placement.ts';

/** The same archive with the first part of its names changed as the placement says. */
export function rebase(
  source: AsyncIterable<Uint8Array>,
  { oldBase, newBase }: Placement,
): AsyncGenerator<Uint8Array, void> {
  const [from, to] = [toByteString(oldBase), toByteString(newBase)];
  const renamed = (name: string) => {
    const [first, ...rest] = name.split('/');
    return first === from ? [to, ...rest].join('/') : name;
  };
  const members = async function* (): TarMembers {
    for await (const item of readTarStream(source)) {
      if (item.kind === 'content') {
        yield { kind: 'content', piece: new Uint8Array(item.piece) };
        continue;
      }
      const { entry } = item;
      const linkName = entry.type === 'hardlink' ? renamed(entry.linkName) : entry.linkName;
      yield { kind: 'entry', entry: { ...entry, name: renamed(entry.name), linkName } };
    }
  };
  return encodeTar(members());
}
