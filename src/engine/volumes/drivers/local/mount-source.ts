import { getSystemErrorMessage } from 'node:util';
import { EngineError } from '#base';
import { mountApart, mountFlag, SystemCallError, setMountAttributes, unmount } from '#linux';
import { legacyFlags, parseMountOptions } from '#runtime';
import type { LocalSource } from './local-options.ts';

/**
 * Mounts what a volume's options name on its directory.
 * @throws EngineError internal, in Docker's words; no password is in them
 */
export async function mountSource(
  { type, device, options: text }: LocalSource,
  target: string,
): Promise<void> {
  const options = parseMountOptions(text.split(','));
  const attributes = legacyFlags(options.attributes);
  const bind = (options.bind ? mountFlag.bind : 0) | (options.recursiveBind ? mountFlag.recursive : 0);
  const flags = bind | attributes | options.superFlags;
  try {
    await mountApart({ source: device, target, type, flags, data: options.data });
    using undo = new DisposableStack();
    undo.defer(() => unmount(target, { lazy: true }));
    // The kernel takes no attributes in the call that binds.
    if (bind !== 0) {
      const { set, clear } = options.attributes;
      setMountAttributes(target, { set: Number(set), clear: Number(clear) });
    }
    if (options.propagation !== undefined) {
      const { type: propagation, recursive } = options.propagation;
      setMountAttributes(target, { propagation: Number(propagation), recursive });
    }
    undo.move();
  } catch (cause) {
    if (!(cause instanceof SystemCallError)) throw cause;
    throw mountError(cause, { device, target, flags, data: options.data });
  }
}

interface TriedMount {
  readonly device: string;
  readonly target: string;
  readonly flags: number;
  readonly data: string;
}

function mountError(cause: SystemCallError, { device, target, flags, data }: TriedMount): EngineError {
  const words = [
    `mount ${device}:${target}`,
    ...(flags === 0 ? [] : [`flags: 0x${flags.toString(16)}`]),
    ...(data === '' ? [] : [`data: ${data.replace(/(^|,)(password2?|pass)=[^,]*/g, '$1$2=********')}`]),
  ].join(', ');
  const reason = getSystemErrorMessage(cause.errno);
  return new EngineError('internal', `failed to mount local volume: ${words}: ${reason}`, { cause });
}
