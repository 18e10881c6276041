import { authConfig, readPlatforms, readText, schema } from '#api';
import type { PushRequest } from '#engine/images';
import { readJson, sendProgress } from './answers.ts';
import { encodeImageProgress } from './image-progress.ts';
import { readRegistryAuth, registryAuth } from './registry-auth.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

export function imagePushHandlers({ images }: DockerApiParts): Handlers<'imagePush'> {
  return {
    async imagePush(call) {
      const request = await pushRequest(call);
      await sendProgress(call, (tell) =>
        images.push(request, (progress) => tell(encodeImageProgress(progress)), call.signal),
      );
    },
  };
}

const oldAuth = schema.nullable(authConfig);

async function pushRequest(call: Call): Promise<PushRequest> {
  const { request, params, version } = call;
  const tag = readText(request.query, 'tag');
  const [platform] = version.minor >= 46 ? readPlatforms(request.query) : [];
  // Clients of long ago told their credentials in the body.
  const told = await readJson(call, oldAuth);
  const auth = readRegistryAuth(request.headers) ?? (told && registryAuth(told));
  return {
    repository: params.name ?? '',
    ...(tag !== undefined && { tag }),
    ...(platform !== undefined && { platform }),
    ...(auth && { auth }),
  };
}
