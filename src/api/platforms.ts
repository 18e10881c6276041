import { EngineError, errorMessage } from '#base';
import { decodePlatform, type Platform } from '#oci';

/** The platforms that a query names, each a JSON object as the OCI describes it. @throws EngineError invalid */
export function readPlatforms(query: URLSearchParams, key = 'platform'): Platform[] {
  return query
    .getAll(key)
    .filter((text) => text !== '')
    .map(readPlatform);
}

function readPlatform(text: string): Platform {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new EngineError('invalid', `failed to parse platform: ${errorMessage(error)}`);
  }
  const platform = isRecord(value) ? decodePlatform(value) : undefined;
  if (platform?.os && platform.architecture) return platform;
  throw new EngineError('invalid', 'both OS and Architecture must be provided');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
