import { open } from 'node:fs/promises';
import { readFlag, readPlatforms } from '#api';
import type { ImageArchive, StoredFile } from '#engine/images';
import { sendProgress } from './answers.ts';
import { encodeImageProgress } from './image-progress.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

type ImageArchiveOperation = 'imageLoad' | 'imageSave' | 'imageSaveOne';

export function imageArchiveHandlers({ images }: DockerApiParts): Handlers<ImageArchiveOperation> {
  const save = async (call: Call, names: readonly string[]) => {
    using archive = images.save(names, readPlatforms(call.request.query));
    await sendArchive(call, archive);
  };
  return {
    async imageLoad(call) {
      const { query, body } = call.request;
      const quiet = readFlag(query, 'quiet');
      const platforms = readPlatforms(query);
      await sendProgress(call, (tell) =>
        images.load(
          body,
          platforms,
          (progress) => {
            if (!quiet || progress.kind === 'loaded') tell(encodeImageProgress(progress));
          },
          call.signal,
        ),
      );
    },
    imageSave: (call) => save(call, call.request.query.getAll('names')),
    imageSaveOne: (call) => save(call, [call.params.name ?? '']),
  };
}

async function sendArchive({ response }: Call, { lengthBytes, parts }: ImageArchive): Promise<void> {
  response.start(200, { 'Content-Type': 'application/x-tar', 'Content-Length': `${lengthBytes}` });
  for (const part of parts) {
    if (part instanceof Uint8Array) await response.write(part);
    else await sendFile(response, part);
  }
  response.end();
}

async function sendFile(response: Call['response'], { path, sizeBytes }: StoredFile): Promise<void> {
  await using file = await open(path);
  await response.writeFile({ fd: file.fd, offset: 0, length: sizeBytes });
}
