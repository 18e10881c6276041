import { authConfig, decode, readFlag, readInteger, readText, schema } from '#api';
import { EngineError } from '#base';
import type { BuildRequest } from '#engine/builder';
import { hostPlatform, parsePlatform, parseReference } from '#oci';
import type { RegistryAuth } from '#registry';
import { registryAuth } from '../registry-auth.ts';

/** What a classic build's query says of the Dockerfile. @throws EngineError invalid */
export function buildOptions(query: URLSearchParams): BuildRequest['options'] {
  const platform = readText(query, 'platform');
  const isHost = query.get('networkmode') === 'host';
  return {
    target: query.get('target') ?? '',
    buildArgs: readMap(query, 'buildargs'),
    labels: readMap(query, 'labels'),
    platform: platform === undefined ? hostPlatform() : parsePlatform(platform),
    noCache: readFlag(query, 'nocache'),
    contexts: {},
    network: 'default',
    // Whoever asks for the host's network grants it.
    entitlements: isHost ? ['network.host'] : [],
  };
}

/** The time that a reproducible build dates everything by: seconds since 1970. @throws EngineError invalid */
export function sourceDate(buildArgs: Readonly<Record<string, string>>): number | undefined {
  const text = buildArgs.SOURCE_DATE_EPOCH;
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new EngineError('invalid', `invalid SOURCE_DATE_EPOCH: ${text}`);
}

/** What holds for all commands of the build, as fields of Docker's HostConfig. @throws EngineError invalid */
export function stepLimits(query: URLSearchParams): Readonly<Record<string, unknown>> {
  const numbers = {
    Memory: readInteger(query, 'memory'),
    MemorySwap: readInteger(query, 'memswap'),
    CpuShares: readInteger(query, 'cpushares'),
    CpuPeriod: readInteger(query, 'cpuperiod'),
    CpuQuota: readInteger(query, 'cpuquota'),
    ShmSize: readInteger(query, 'shmsize'),
  };
  const texts = {
    CpusetCpus: readText(query, 'cpusetcpus'),
    CpusetMems: readText(query, 'cpusetmems'),
    CgroupParent: readText(query, 'cgroupparent'),
    NetworkMode: readText(query, 'networkmode'),
    Ulimits: readDocument(query, 'ulimits'),
    ExtraHosts: readHosts(query),
  };
  return Object.fromEntries(
    Object.entries({ ...numbers, ...texts }).filter(([, value]) => value !== undefined),
  );
}

/** Names with values as one JSON object; a name without a value is left out. */
function readMap(query: URLSearchParams, name: string): Record<string, string> {
  const document = readDocument(query, name) ?? {};
  if (typeof document !== 'object' || document === null) throw notAMap(name);
  const entries = Object.entries(document).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (typeof value !== 'string') throw notAMap(name);
      return [key, value];
    }),
  );
}

function notAMap(name: string): EngineError {
  return new EngineError('invalid', `error reading ${name}: not an object of strings`);
}

function readDocument(query: URLSearchParams, name: string): unknown {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError('invalid', `error reading ${name}: invalid JSON`, { cause });
  }
}

/** The stock client sends a JSON list, others each host by itself. */
function readHosts(query: URLSearchParams): readonly unknown[] | undefined {
  const hosts = query.getAll('extrahosts').filter((host) => host !== '');
  const [first] = hosts;
  if (!first?.startsWith('[')) return first === undefined ? undefined : hosts;
  const list = readDocument(query, 'extrahosts');
  return Array.isArray(list) ? list : undefined;
}

const authMap = schema.map(authConfig);

/** Credentials by registry, from a header of base64url of JSON; what does not decode counts as none. */
export function credentials(header: string | undefined): (reference: string) => RegistryAuth | undefined {
  if (header === undefined || header === '') return () => undefined;
  const auths = decodeAuths(header);
  return (reference) => {
    const { domain } = parseReference(reference);
    const auth = auths[domain === 'docker.io' ? 'https://index.docker.io/v1/' : domain];
    return auth && registryAuth(auth);
  };
}

function decodeAuths(header: string) {
  try {
    return decode(authMap, JSON.parse(Buffer.from(header, 'base64url').toString())) ?? {};
  } catch {
    return {};
  }
}
