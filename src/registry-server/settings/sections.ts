import { EngineError, parseSize } from '#base';
import type { S3Settings, UpstreamSettings } from './settings.ts';

/** What is told in the file alone. */
export interface Sections {
  readonly s3: S3Settings | undefined;
  readonly quotas: ReadonlyMap<string, number>;
  readonly caches: ReadonlyMap<string, UpstreamSettings>;
}

/** Reads the keys of the file that are no options. @throws EngineError invalid */
export function readSections(values: Readonly<Record<string, unknown>>): Sections {
  const { s3, projects, ...unknown } = values;
  refuseUnknown(unknown, 'the configuration');
  const byProject =
    projects === undefined ? [] : Object.entries(asObject(projects, 'projects')).map(readProject);
  return {
    s3: s3 === undefined ? undefined : readS3(s3),
    quotas: new Map(byProject.flatMap(({ name, quota }) => (quota === undefined ? [] : [[name, quota]]))),
    caches: new Map(byProject.flatMap(({ name, cache }) => (cache === undefined ? [] : [[name, cache]]))),
  };
}

/** @throws EngineError invalid, for what is no `http://` or `https://` URL of a host */
export function parseUpstream(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/') return url;
  throw new EngineError('invalid', `want the URL of a registry, https://HOST[:PORT], not ${text}`);
}

function readProject([name, value]: readonly [string, unknown]): {
  readonly name: string;
  readonly quota: number | undefined;
  readonly cache: UpstreamSettings | undefined;
} {
  const { quota, cache, ...unknown } = asObject(value, name);
  refuseUnknown(unknown, `project ${name}`);
  return {
    name,
    quota: quota === undefined ? undefined : parseSize(asText(quota, `quota of project ${name}`), 1024),
    cache: cache === undefined ? undefined : readUpstream(cache, `cache of project ${name}`),
  };
}

function readUpstream(value: unknown, place: string): UpstreamSettings {
  const { url, username, password, ...unknown } = asObject(value, place);
  refuseUnknown(unknown, place);
  return {
    url: parseUpstream(asText(url, place)),
    username: optionalText(username, place),
    password: optionalText(password, place),
  };
}

function readS3(value: unknown): S3Settings {
  const place = 's3';
  const { endpoint, region, bucket, prefix, ...keys } = asObject(value, place);
  const { 'access-key-id': accessKeyId, 'secret-access-key': secretAccessKey, ...unknown } = keys;
  refuseUnknown(unknown, place);
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new EngineError('invalid', 's3: want both access-key-id and secret-access-key, or none');
  }
  return {
    endpoint: optionalText(endpoint, place),
    region: optionalText(region, place) ?? 'us-east-1',
    bucket: asText(bucket, `bucket of ${place}`),
    prefix: optionalText(prefix, place) ?? '',
    credentials:
      accessKeyId === undefined
        ? undefined
        : { accessKeyId: asText(accessKeyId, place), secretAccessKey: asText(secretAccessKey, place) },
  };
}

function asObject(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new EngineError('invalid', `${place}: want an object`);
}

function asText(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new EngineError('invalid', `${place}: want a text`);
}

function optionalText(value: unknown, place: string): string | undefined {
  return value === undefined ? undefined : asText(value, place);
}

function refuseUnknown(values: Readonly<Record<string, unknown>>, place: string): void {
  const keys = Object.keys(values);
  if (keys.length > 0) throw new EngineError('invalid', `${place} has no such keys: ${keys.join(', ')}`);
}
