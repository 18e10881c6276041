import { type FileHandle, open } from 'node:fs/promises';
import { readFlag, readPlatforms } from '#api';
import type { ImageArchive, StoredFile } from '#engine/images';
import type { FilePart } from '#serve/http';
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

/** All files are opened first: what is removed while the archive is on its way stays readable. */
async function sendArchive({ response }: Call, { lengthBytes, parts }: ImageArchive): Promise<void> {
  await using files = new AsyncDisposableStack();
  const opened: (Uint8Array | FilePart)[] = [];
  for (const part of parts) {
    opened.push(part instanceof Uint8Array ? part : partOf(part, files.use(await open(part.path))));
  }
  response.start(200, { 'Content-Type': 'application/x-tar', 'Content-Length': `${lengthBytes}` });
  for (const part of opened) {
    if (part instanceof Uint8Array) await response.write(part);
    else await response.writeFile(part);
  }
  response.end();
}

function partOf({ sizeBytes }: StoredFile, { fd }: FileHandle): FilePart {
  return { fd, offset: 0, length: sizeBytes };
}
