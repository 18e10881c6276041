import { cloneTree, mountDetached, type OpenDescriptor, setMountAttributes } from '#linux';
import type { RuntimeMount } from '#oci';
import { type MountOptions, parseMountOptions, propagationType } from '#runtime';

/** A mount that has no place yet, with its attributes and a propagation of its own. @throws SystemCallError */
export function detachedMount({ type, source = '', options: words = [] }: RuntimeMount): OpenDescriptor {
  const options = parseMountOptions(words);
  using undo = new DisposableStack();
  const tree = undo.use(
    type === 'tmpfs' ? emptyFilesystem(options) : cloneTree(source, { recursive: options.recursiveBind }),
  );
  const { attributes, recursiveAttributes, propagation } = options;
  setMountAttributes(tree.path, { set: Number(attributes.set), clear: Number(attributes.clear) });
  setMountAttributes(tree.path, {
    set: Number(recursiveAttributes.set),
    clear: Number(recursiveAttributes.clear),
    propagation: Number(propagation?.type ?? propagationType.private),
    recursive: true,
  });
  undo.move();
  return tree;
}

function emptyFilesystem({ data }: MountOptions): OpenDescriptor {
  const options = data.split(',').filter(Boolean).map(splitOption);
  return mountDetached({ type: 'tmpfs', options: [['source', 'tmpfs'], ...options] });
}

function splitOption(option: string): [key: string, value?: string] {
  const equals = option.indexOf('=');
  return equals < 0 ? [option] : [option.slice(0, equals), option.slice(equals + 1)];
}
