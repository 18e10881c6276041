import { EngineError } from '#base';

/** A version of the API: `1.44` is { major: 1, minor: 44 }. */
export interface ApiVersion {
  readonly major: number;
  readonly minor: number;
}

export const newestApiVersion: ApiVersion = { major: 1, minor: 51 };
export const oldestApiVersion: ApiVersion = { major: 1, minor: 24 };

/** Whether a request's version is at least 1.`minor`. */
export function sinceMinor(version: ApiVersion, minor: number): boolean {
  return version.major > 1 || (version.major === 1 && version.minor >= minor);
}

export function formatApiVersion(version: ApiVersion): string {
  return `${version.major}.${version.minor}`;
}

/**
 * The version that the text of a path's `/v1.44` names.
 * @throws EngineError invalid, when this engine does not speak it
 */
export function parseApiVersion(text: string, oldest: ApiVersion = oldestApiVersion): ApiVersion {
  const version = readApiVersion(text);
  if (compare(version, newestApiVersion) > 0) {
    const newest = formatApiVersion(newestApiVersion);
    throw new EngineError(
      'invalid',
      `client version ${text} is too new. Maximum supported API version is ${newest}`,
    );
  }
  if (compare(version, oldest) < 0) {
    throw new EngineError(
      'invalid',
      `client version ${text} is too old. Minimum supported API version is ${formatApiVersion(oldest)}, please upgrade your client to a newer version`,
    );
  }
  return version;
}

/**
 * The oldest version that a daemon is told to serve.
 * @throws EngineError invalid, for one that is not between the oldest and the newest of this engine
 */
export function parseOldestApiVersion(text: string): ApiVersion {
  const version = readApiVersion(text);
  if (!(compare(version, oldestApiVersion) >= 0)) {
    const limit = formatApiVersion(oldestApiVersion);
    throw new EngineError('invalid', `minimum supported API version is ${limit}: ${text}`);
  }
  if (compare(version, newestApiVersion) > 0) {
    const limit = formatApiVersion(newestApiVersion);
    throw new EngineError('invalid', `maximum supported API version is ${limit}: ${text}`);
  }
  return version;
}

function readApiVersion(text: string): ApiVersion {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return { major, minor };
}

function compare(a: ApiVersion, b: ApiVersion): number {
  return a.major - b.major || a.minor - b.minor;
}
