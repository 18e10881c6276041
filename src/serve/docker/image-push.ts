import { readPlatforms, readText } from '#api';
import type { PushRequest } from '#engine/images';
import { sendProgress } from './answers.ts';
import { encodeImageProgress } from './image-progress.ts';
import { readRegistryAuth } from './registry-auth.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

export function imagePushHandlers({ images }: DockerApiParts): Handlers<'imagePush'> {
  return {
    async imagePush(call) {
      const request = pushRequest(call);
      await sendProgress(call, (tell) =>
        images.push(request, (progress) => tell(encodeImageProgress(progress)), call.signal),
      );
    },
  };
}

function pushRequest({ request, params, version }: Call): PushRequest {
  const tag = readText(request.query, 'tag');
  const [platform] = version.minor >= 46 ? readPlatforms(request.query) : [];
  const auth = readRegistryAuth(request.headers);
  return {
    repository: params.name ?? '',
    ...(tag !== undefined && { tag }),
    ...(platform !== undefined && { platform }),
    ...(auth !== undefined && { auth }),
  };
}
