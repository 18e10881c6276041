import { EngineError } from '#base';
import type { BuildRequest } from '#engine/builder';
import { hostPlatform, type ImageConfigFile, parsePlatform } from '#oci';
import type { SolveRequest } from './messages/control.ts';

/** What a client says to the Dockerfile frontend, by BuildKit's names. */
export type FrontendOptions = Readonly<Record<string, string>>;

/** What other builds have made, by the names that options have for it. */
export type BuiltContexts = ReadonlyMap<string, ImageConfigFile>;

const entitlements = ['network.host', 'security.insecure'] as const;

/**
 * @param granted what the client lets commands have
 * @param built what contexts of the scheme `input` are
 * @throws EngineError invalid; notImplemented
 */
export function buildOptions(
  options: FrontendOptions,
  granted: readonly string[] = [],
  built: BuiltContexts = new Map(),
): BuildRequest['options'] {
  return {
    ...targetOf(options),
    labels: withPrefix(options, 'label:'),
    noCache: noCacheOf(options['no-cache']),
    contexts: namedContexts(options, built),
    network: networkOf(options['force-network-mode']),
    entitlements: entitlements.filter((name) => granted.includes(name)),
  };
}

/** What is built, for which platform. @throws EngineError invalid; notImplemented */
export function targetOf(
  options: FrontendOptions,
): Pick<BuildRequest['options'], 'target' | 'buildArgs' | 'platform'> {
  const [platform, ...further] = (options.platform ?? '').split(',').filter(Boolean);
  const attestation = Object.entries(withPrefix(options, 'attest:')).find(([, value]) => isWanted(value));
  if (attestation !== undefined)
    throw new EngineError('notImplemented', `attestation ${attestation[0]} is not supported`);
  if (further.length > 0)
    throw new EngineError('notImplemented', 'builds for several platforms are not supported');
  return {
    target: options.target ?? '',
    buildArgs: withPrefix(options, 'build-arg:'),
    platform: platform === undefined ? hostPlatform() : parsePlatform(platform),
  };
}

/** Caches that can't be had are built without; to keep one elsewhere is refused. @throws EngineError notImplemented */
export function checkCaches({ Cache }: Pick<SolveRequest, 'Cache'>): void {
  const wanted = Cache?.Exports.find(({ Attrs }) => Attrs['ignore-error'] !== 'true');
  if (wanted !== undefined)
    throw new EngineError('notImplemented', `cache export to ${wanted.Type} is not supported`);
}

/** Of commands, as fields of Docker's HostConfig. */
export function stepLimits(options: FrontendOptions): Readonly<Record<string, unknown>> {
  const hosts = (options['add-hosts'] ?? '').split(',').filter(Boolean);
  return {
    ...(hosts.length > 0 && { ExtraHosts: hosts.map((host) => host.replace('=', ':')) }),
    ...(options['shm-size'] && { ShmSize: Number(options['shm-size']) }),
    ...(options['cgroup-parent'] && { CgroupParent: options['cgroup-parent'] }),
    ...(options.ulimit && { Ulimits: options.ulimit.split(',').map(parseUlimit) }),
  };
}

function isWanted(attestation: string): boolean {
  return !/(^|,)(disabled=true|false)(,|$)/.test(attestation);
}

function withPrefix(options: FrontendOptions, prefix: string): Record<string, string> {
  const entries = Object.entries(options).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** Present and empty: nothing comes from the cache. */
function noCacheOf(text: string | undefined): boolean | readonly string[] {
  if (text === undefined) return false;
  return text === '' ? true : text.toLowerCase().split(',');
}

function networkOf(mode: string | undefined): 'default' | 'none' | 'host' {
  return mode === 'none' || mode === 'host' ? mode : 'default';
}

/** `NAME=SOFT:HARD`. */
function parseUlimit(text: string): { Name: string; Soft: number; Hard: number } {
  const [, name = '', soft = '', hard = soft] = /^([^=]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
  if (name === '') throw new EngineError('invalid', `invalid ulimit argument: ${text}`);
  return { Name: name, Soft: Number(soft), Hard: Number(hard) };
}

/** @throws EngineError notImplemented */
function namedContexts(options: FrontendOptions, built: BuiltContexts): BuildRequest['options']['contexts'] {
  const entries = Object.entries(withPrefix(options, 'context:'));
  return Object.fromEntries(entries.map(([name, source]) => [name, namedContext(name, source, built)]));
}

function namedContext(
  name: string,
  source: string,
  built: BuiltContexts,
): BuildRequest['options']['contexts'][string] {
  const [, scheme = '', place = ''] = /^([a-z-]+):(?:\/\/)?(.*)$/.exec(source) ?? [];
  const config = scheme === 'input' ? built.get(place) : undefined;
  if (config !== undefined) return { kind: 'built', config };
  if (scheme === 'docker-image') return { kind: 'image', reference: place };
  if (scheme === 'local') {
    const vertex = {
      op: 'local',
      name: `[context ${name}] load from client`,
      range: undefined,
      context: place,
    } as const;
    return { kind: 'vertex', vertex };
  }
  throw new EngineError('notImplemented', `the context ${name} comes from ${source}, which is not supported`);
}
