import { EngineError, errorMessage } from '#base';
import { decodePlatform, type Platform } from '#oci';

/** Fields that say nothing without a system and an architecture. */
const details: readonly string[] = ['variant', 'os.version', 'os.features'];

/** The platforms that a query names, each a JSON object as the OCI describes it. @throws EngineError invalid */
export function readPlatforms(query: URLSearchParams, key = 'platform'): Platform[] {
  return query
    .getAll(key)
    .filter((text) => text !== '')
    .map(readPlatform);
}

function readPlatform(text: string): Platform {
  const record = parseObject(text);
  const platform = decodePlatform(record);
  if (platform.os && platform.architecture) return platform;
  const hasDetail = details.some((key) => record[key]) && !platform.os && !platform.architecture;
  throw new EngineError(
    'invalid',
    hasDetail
      ? 'optional platform fields provided, but OS and Architecture are missing'
      : 'both OS and Architecture must be provided',
  );
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
    throw new TypeError('not an object');
  } catch (error) {
    throw new EngineError('invalid', `failed to parse platform: ${errorMessage(error)}`);
  }
}
