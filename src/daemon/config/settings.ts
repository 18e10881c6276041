import { EngineError, type LogLevel } from '#base';
import type { ListenAddress } from '#serve/http';
import { parseHost } from './host.ts';
import type { Options } from './options.ts';

/** Everything the daemon was told, with defaults filled in. */
export interface DaemonSettings {
  readonly hosts: readonly ListenAddress[];
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly pidfile: string;
  readonly bridge: string;
  readonly bip: string | undefined;
  readonly cgroupParent: string;
  readonly debug: boolean;
  readonly logLevel: LogLevel;
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly labels: readonly string[];
  readonly registryMirrors: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly shmBytes: number;
  readonly logDriver: string;
  readonly logOptions: Readonly<Record<string, string>>;
  readonly storageDriver: 'erofs' | 'unpack' | undefined;
}

const defaultHost = 'unix:///var/run/docker.sock';

/** @throws EngineError invalid, for a value that makes no sense */
export function resolveSettings(options: Options): DaemonSettings {
  const group = options.group ?? 'docker';
  const debug = options.debug ?? false;
  return {
    hosts: (options.hosts ?? [defaultHost]).map((host) => parseHost(host, group)),
    dataRoot: absolute('data-root', options.dataRoot ?? '/var/lib/wharf'),
    execRoot: absolute('exec-root', options.execRoot ?? '/run/wharf'),
    pidfile: options.pidfile ?? '/run/wharf.pid',
    bridge: options.bridge || 'docker0',
    bip: options.bip || undefined,
    cgroupParent: options.cgroupParent || '/wharf',
    debug,
    logLevel: debug ? 'debug' : parseLogLevel(options.logLevel ?? 'info'),
    dns: options.dns ?? [],
    dnsSearch: options.dnsSearch ?? [],
    dnsOptions: options.dnsOptions ?? [],
    labels: (options.labels ?? []).map(parseLabel),
    registryMirrors: (options.registryMirrors ?? []).map(parseMirror),
    insecureRegistries: options.insecureRegistries ?? [],
    shmBytes: parseBytes(options.shmSize ?? '64m'),
    logDriver: parseLogDriver(options.logDriver ?? 'json-file'),
    logOptions: options.logOptions ?? {},
    storageDriver: parseStorageDriver(options.storageDriver),
  };
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

function parseLabel(text: string): string {
  if (text.includes('=')) return text;
  throw new EngineError('invalid', `bad attribute format: ${text}`);
}

/** The form that `info` shows: with a slash at the end. */
function parseMirror(text: string): string {
  const bad = (reason: string) => new EngineError('invalid', `invalid mirror: ${reason}`);
  if (!URL.canParse(text)) throw bad(`"${text}" is not a valid URI`);
  const { protocol, search, hash, username, host, pathname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw bad(`unsupported scheme "${protocol.slice(0, -1)}" in "${text}"`);
  if (search !== '' || hash !== '') throw bad(`query or fragment at end of the URI "${text}"`);
  if (username !== '') throw bad(`username/password not allowed in URI "${text}"`);
  return `${protocol}//${host}${pathname.replace(/\/*$/, '/')}`;
}

function parseLogDriver(text: string): string {
  if (text === 'json-file' || text === 'none') return text;
  throw new EngineError('invalid', `logger: no log driver named '${text}' is registered`);
}

function parseStorageDriver(text: string | undefined): 'erofs' | 'unpack' | undefined {
  if (text === undefined || text === '' || text === 'erofs' || text === 'unpack') return text || undefined;
  throw new EngineError('invalid', `driver not supported: ${text}`);
}

/** `64m`, `1g`, `65536`. */
export function parseBytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text) ?? [];
  if (number === '') throw new EngineError('invalid', `invalid size: '${text}'`);
  return Math.floor(Number(number) * 1024 ** ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase()));
}
