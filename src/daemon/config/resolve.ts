import { type ApiVersion, oldestApiVersion, parseOldestApiVersion } from '#api';
import { EngineError, type LogFormat, type LogLevel } from '#base';
import { type ModuleName, moduleNames } from '#serve/docker';
import type { CompressionFormat } from '#store/content';
import { wasActivated } from '../activation.ts';
import { resolveContainerDefaults } from './container-defaults.ts';
import { parseHost, parseMetricsAddress } from './host.ts';
import { resolveImagePolicy } from './image-policy.ts';
import { resolveNetwork } from './network-settings.ts';
import type { InertReason } from './option.ts';
import { type OptionName, type Options, optionNames, optionSpecs } from './options.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';
import { parseMirror, resolveProxies, resolveRegistries } from './registry-settings.ts';
import type { DaemonSettings, ReloadableSettings } from './settings.ts';
import { resolveTls } from './tls.ts';

/** Sockets of the service manager are used without being asked for. */
function usualHost(): string {
  return wasActivated(process.env) ? 'fd://' : 'unix:///var/run/docker.sock';
}

/** Fills in defaults. @throws EngineError invalid, in Docker's words, for a value that makes no sense */
export function resolveSettings(options: Options): DaemonSettings {
  refuseUnsupported(options);
  const tls = resolveTls(options);
  const hostDefaults = { group: options.group || undefined, tls: tls !== undefined };
  return {
    ...resolveReloadable(options),
    hosts: (options.hosts ?? [usualHost()]).map((host) => parseHost(host, hostDefaults)),
    tls,
    dataRoot: absolute('data-root', options.dataRoot ?? '/var/lib/wharf'),
    execRoot: absolute('exec-root', options.execRoot ?? '/run/wharf'),
    metricsAddress: options.metricsAddress ? parseMetricsAddress(options.metricsAddress) : undefined,
    pidfile: options.pidfile ?? '/run/wharf.pid',
    logFormat: parseLogFormat(options.logFormat || 'text'),
    oldestVersion: resolveOldestVersion(options.minApiVersion || process.env.DOCKER_MIN_API_VERSION),
    disabledModules: (options.disabledModules ?? []).map(parseModule),
    proxies: resolveProxies(options, process.env),
    registryCertificates: options.registryCertificates || undefined,
    registryCredentials: options.registryCredentials || undefined,
    storageDriver: parseStorageDriver(options.storageDriver),
    plugins: {
      sockets: options.pluginSockets || '/run/docker/plugins',
      specs: options.pluginSpecs ?? ['/etc/docker/plugins', '/usr/lib/docker/plugins'],
    },
    network: resolveNetwork(options),
    container: resolveContainerDefaults(options),
  };
}

function resolveReloadable(options: Options): ReloadableSettings {
  const debug = options.debug ?? false;
  return {
    debug,
    logLevel: debug ? 'debug' : parseLogLevel(options.logLevel || 'info'),
    labels: parseLabels(options.labels ?? []),
    features: options.features ?? {},
    registryMirrors: (options.registryMirrors ?? []).map(parseMirror),
    registries: resolveRegistries(options),
    insecureRegistries: options.insecureRegistries ?? [],
    maxConcurrentDownloads: countOr(3, options.maxConcurrentDownloads, 'max concurrent downloads'),
    maxConcurrentUploads: countOr(5, options.maxConcurrentUploads, 'max concurrent uploads'),
    pushCompression: parsePushCompression(options.pushCompression || 'gzip'),
    maxDownloadAttempts: countOr(5, options.maxDownloadAttempts, 'max download attempts'),
    imagePolicy: resolveImagePolicy(options),
    shutdownTimeoutSeconds: options.shutdownTimeout ?? 15,
    defaultRuntime: options.defaultRuntime || 'runc',
    inertKeys: {
      unneeded: inertKeys('unneeded', options, (value) => value !== undefined),
      missing: inertKeys('missing', options, asksForSomething),
    },
  };
}

function inertKeys(reason: InertReason, options: Options, isSet: (value: unknown) => boolean): string[] {
  return optionNames.filter((name) => optionSpecs[name].inert === reason && isSet(options[name])).map(keyOf);
}

/** What is off, or empty, would change nothing with Docker either. */
function asksForSomething(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? Object.values(value).some(asksForSomething)
    : Boolean(value);
}

function keyOf(name: OptionName): string {
  const { key, flag } = optionSpecs[name];
  return key ?? flag ?? name;
}

/** Zero stands for the usual number, as with Docker. */
function countOr(usual: number, asked: number | undefined, what: string): number {
  if (asked !== undefined && asked < 0) throw new EngineError('invalid', `invalid ${what}: ${asked}`);
  return asked || usual;
}

function resolveOldestVersion(text: string | undefined): ApiVersion {
  return text ? parseOldestApiVersion(text) : oldestApiVersion;
}

function absolute(flag: string, path: string): string {
  if (!path.startsWith('/'))
    throw new EngineError('invalid', `the ${flag} must be an absolute path: ${path}`);
  return path;
}

function parseLogLevel(text: string): LogLevel {
  if (text === 'debug' || text === 'info' || text === 'warn' || text === 'error') return text;
  if (text === 'fatal') return 'error';
  throw new EngineError('invalid', `invalid logging level: ${text}`);
}

function parseLogFormat(text: string): LogFormat {
  if (text === 'text' || text === 'json') return text;
  throw new EngineError('invalid', `invalid log format: ${text}`);
}

function parsePushCompression(text: string): CompressionFormat {
  if (text === 'gzip' || text === 'zstd') return text;
  throw new EngineError('invalid', `invalid push compression: ${text}: use gzip or zstd`);
}

function parseModule(text: string): ModuleName {
  const name = moduleNames.find((known) => known === text);
  if (name !== undefined) return name;
  throw new EngineError('invalid', `unknown module: ${text}: use one of ${moduleNames.join(', ')}`);
}

function parseLabels(labels: readonly string[]): readonly string[] {
  const values = new Map<string, string>();
  for (const label of labels) {
    const at = label.indexOf('=');
    if (at < 1) throw new EngineError('invalid', `bad attribute format: ${label}`);
    const earlier = values.get(label.slice(0, at));
    if (earlier !== undefined && earlier !== label)
      throw new EngineError('invalid', `conflict labels for ${label} and ${earlier}`);
    values.set(label.slice(0, at), label);
  }
  return [...values.values()];
}

/** Docker's drivers on overlayfs stand for the driver that suits the kernel. */
function parseStorageDriver(text = ''): 'erofs' | 'unpack' | undefined {
  if (text === 'erofs' || text === 'unpack') return text;
  if (['', 'overlay2', 'overlayfs'].includes(text)) return undefined;
  throw new EngineError('invalid', `driver not supported: ${text}`);
}
