import { accessSync, constants, statSync } from 'node:fs';
import { EngineError, errnoOf } from '#base';
import { openConfined, openPathOnly } from '#linux';
import { readTarStream } from '#oci';
import { decompress } from '#store/content';
import type { Owner } from '#tree';
import { placeError, writeMembers } from '#tree';
import type { ContainerContext } from '../context.ts';
import { accountsBelow } from '../lifecycle/root-accounts.ts';
import { resolveUser } from '../spec/user.ts';
import type { ContainerRecord, ExtractOptions } from '../types.ts';
import type { AskedPath } from './asked-path.ts';
import { type ContainerRoot, openContainerRoot } from './container-root.ts';

/** Unpacks a tar, compressed or not, into a directory of a container. */
export async function extractArchive(
  context: ContainerContext,
  record: ContainerRecord,
  asked: AskedPath,
  tar: AsyncIterable<Uint8Array>,
  options: ExtractOptions,
): Promise<void> {
  const request = { path: asked.path, followsLast: true, access: 'write' } as const;
  await using root = await openContainerRoot(context, record, request);
  checkTarget(root, asked);
  const owner = options.copyUidGid ? ownerOf(record, root) : undefined;
  const members = readTarStream(decompress(tar));
  try {
    await writeMembers(members, { root: root.directory, path: root.path }, { ...options, owner });
  } catch (error) {
    throw errnoOf(error) === 'EROFS' ? readOnly(root) : error;
  }
}

/** The container's user, whom `copyUIDGID` means; without one the archive's owners stay. */
function ownerOf({ config, hostConfig }: ContainerRecord, { top }: ContainerRoot): Owner | undefined {
  return config.User === ''
    ? undefined
    : resolveUser(config.User, hostConfig.GroupAdd ?? [], accountsBelow(top));
}

/** @throws EngineError notFound; invalid for what is no directory; forbidden for what can't be written */
function checkTarget(root: ContainerRoot, { path, ref }: AskedPath): void {
  try {
    using target = openConfined({ directory: root.directory.fd, path: root.path, flags: openPathOnly });
    if (!statSync(target.path).isDirectory()) {
      throw new EngineError('invalid', 'extraction point is not a directory');
    }
    if (!root.writable) throw readOnly(root);
    // Of what is mounted in a live container the kernel knows best.
    accessSync(target.path, constants.W_OK);
  } catch (cause) {
    throw errnoOf(cause) === 'EROFS' ? readOnly(root) : placeError(cause, path, `container ${ref}`);
  }
}

function readOnly({ isMount }: ContainerRoot): EngineError {
  const what = isMount ? 'mounted volume' : 'container rootfs';
  return new EngineError('forbidden', `${what} is marked read-only`);
}
