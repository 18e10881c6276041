import { EngineError } from '#base';
import type { ArchivedImage } from './archived-image.ts';

/**
 * The images that the manifest.json of a `docker save` archive lists. Their names are tags: the digest of a name is one
 * of a registry's manifest, which such an archive does not have.
 * @throws EngineError invalid
 */
export function readDockerArchive(content: Uint8Array): ArchivedImage[] {
  let list: unknown;
  try {
    list = JSON.parse(new TextDecoder().decode(content));
  } catch (cause) {
    throw new EngineError('invalid', 'invalid manifest.json: not JSON', { cause });
  }
  if (!Array.isArray(list)) throw new EngineError('invalid', 'invalid manifest.json: not a list');
  return list.map((item: { Config?: unknown; Layers?: unknown; RepoTags?: unknown } | null) => {
    const configPath = item?.Config;
    const layerPaths = item?.Layers ?? [];
    const tags = item?.RepoTags ?? [];
    if (typeof configPath !== 'string' || !isTexts(layerPaths) || !isTexts(tags)) {
      throw new EngineError('invalid', 'invalid manifest.json: an image is malformed');
    }
    const pinned = tags.find((tag) => tag.includes('@'));
    if (pinned !== undefined) throw new EngineError('invalid', `invalid tag "${pinned}"`);
    return { configPath, layerPaths, tags };
  });
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
