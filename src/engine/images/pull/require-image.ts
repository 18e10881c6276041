import { type DiffId, EngineError } from '#base';
import { type Descriptor, type ImageConfigFile, type ImageManifest, isLayerType } from '#oci';
import { requireDepth } from '../depth.ts';

/** A layer as a manifest names it, with the diffID that the config gives it. */
export interface RemoteLayer {
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
}

/** Of configs of images; old registries have lost the right type, so that the content must tell. */
const configTypes: readonly string[] = [
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
  'application/octet-stream',
  'application/json',
  'text/html',
  '',
];
const pluginConfig = 'application/vnd.docker.plugin.v1+json';

/** @throws EngineError invalid, in Docker's words, for a manifest of something else (a chart, a plugin, any artifact) */
export function requireImageManifest({ config, layers }: ImageManifest): void {
  if (config.mediaType === pluginConfig) {
    throw new EngineError('invalid', `Encountered remote "${pluginConfig}"(plugin) when fetching`);
  }
  const strange = configTypes.includes(config.mediaType)
    ? layers.find(({ mediaType }) => !isLayerType(mediaType))
    : config;
  if (strange === undefined) return;
  throw new EngineError('invalid', `unsupported media type ${strange.mediaType}`);
}

/** @throws EngineError invalid, in Docker's words, for an image that is of no use here or not of one piece */
export function pairLayers({ layers }: ImageManifest, { os, rootfs }: ImageConfigFile): RemoteLayer[] {
  if (os !== '' && os !== 'linux') {
    const reason = 'cannot be used on this platform: operating system is not supported';
    throw new EngineError('invalid', `image operating system "${os}" ${reason}`);
  }
  const diffIds = rootfs.diff_ids;
  requireDepth(diffIds);
  if (diffIds.length === 0 && layers.length > 0) {
    throw new EngineError('invalid', 'invalid rootfs in image configuration');
  }
  if (layers.length !== diffIds.length) {
    throw new EngineError('invalid', "layers from manifest don't match image configuration");
  }
  return diffIds.flatMap((diffId, index) => {
    const descriptor = layers[index];
    return descriptor === undefined ? [] : [{ diffId, descriptor }];
  });
}
