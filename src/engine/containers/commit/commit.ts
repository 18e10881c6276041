import { messages } from '#api';
import { EngineError } from '#base';
import { encodeTar } from '#oci';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import type { CommitOptions, ContainerRecord } from '../types.ts';
import { commitConfig } from './commit-config.ts';
import { layerMembers } from './layer-members.ts';
import { pauseForCommit } from './pause.ts';

/**
 * Makes an image of what a container has written over its own image; the container may run. @returns its ID
 * @throws EngineError conflict, when the container is removed meanwhile; the image is not made then
 */
export async function commitContainer(
  context: ContainerContext,
  record: ContainerRecord,
  options: CommitOptions,
  signal: AbortSignal,
): Promise<string> {
  const { id, config, image } = record;
  const { name, author, comment, squash } = options;
  const request = {
    ...(image.id !== '' && { parent: image.id }),
    config: commitConfig(config, options.config, options.changes),
    author,
    comment,
    squash,
    createdBy: (config.Cmd ?? []).join(' '),
    ...(name !== undefined && { name }),
  };
  await using _paused = options.pause ? await pauseForCommit(context, record) : undefined;
  const tar = encodeTar(layerMembers(context.snapshots.upperDir(id), signal));
  const made = await context.images.commit(request, whileThere(context, record, tar), signal);
  const attributes = { comment, imageID: made.id, imageRef: made.reference };
  publish(context, context.records.get(id) ?? record, 'commit', attributes);
  return made.id;
}

/** Of a container that goes away while it is read, files would be missing without a word. */
async function* whileThere(
  { records }: ContainerContext,
  { id }: ContainerRecord,
  tar: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* tar;
  const status = records.get(id)?.state.status ?? 'removing';
  if (status === 'removing' || status === 'dead') {
    throw new EngineError('conflict', messages.removalInProgress(id));
  }
}
