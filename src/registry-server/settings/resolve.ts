import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import { EngineError, errorMessage, type LogFormat, type LogLevel, parseSize, tryParseDuration } from '#base';
import { environmentProxies } from '#registry';
import { usualCost } from '../accounts/secret.ts';
import type { OptionName, Options } from './options.ts';
import { readSettingsFile } from './read-file.ts';
import { parseUpstream, type Sections } from './sections.ts';
import type { ListenPlace, RegistrySettings, TlsFiles } from './settings.ts';

/** Reads the file and puts flags over it. @throws EngineError invalid */
export function loadSettings(flags: Options): RegistrySettings {
  const { options, sections } = readSettingsFile(flags.get('config')?.at(-1));
  return resolveSettings(new Map([...options, ...flags]), sections);
}

/** Fills in defaults. @throws EngineError invalid, naming the option */
export function resolveSettings(options: Options, sections: Sections): RegistrySettings {
  const word = (name: OptionName) => options.get(name)?.at(-1);
  const read = <T>(name: OptionName, usual: string, parse: (text: string) => T): T =>
    explained(name, word(name) ?? usual, parse);
  const maybe = <T>(name: OptionName, parse: (text: string) => T): T | undefined => {
    const text = word(name);
    return text === undefined ? undefined : explained(name, text, parse);
  };
  const upstream = maybe('cache', parseUpstream);
  return {
    listen: (options.get('listen') ?? ['127.0.0.1:5000']).map((text) =>
      explained('listen', text, parsePlace),
    ),
    dataRoot: word('data-root') ?? '/var/lib/wharf-registry',
    tls: resolveTls(word('tls-cert'), word('tls-key'), word('tls-client-ca')),
    externalUrl: maybe('external-url', parseUpstream),
    trustedProxies: (options.get('trusted-proxy') ?? []).map((text) =>
      explained('trusted-proxy', text, parseAddress),
    ),
    adminPasswordFile: word('admin-password-file'),
    secretCost: usualCost,
    pageFolder: word('page') ?? join(dirname(process.execPath), 'registry-page'),
    metrics: maybe('metrics', parsePlace),
    auditLog: word('audit-log'),
    logLevel: read('log-level', 'info', parseLevel),
    logFormat: read('log-format', 'text', parseFormat),
    readOnly: read('read-only', 'false', parseSwitch),
    quotas: sections.quotas,
    quota: maybe('quota', (text) => parseSize(text, 1024)),
    cache: {
      projects: sections.caches,
      everything: upstream && { url: upstream, username: undefined, password: undefined },
      expiryMs: read('cache-expiry', '1h', parseDurationMs),
      keepMs: read('cache-keep', '168h', parseDurationMs),
      proxies: environmentProxies(process.env),
    },
    collect: {
      intervalMs: read('gc-interval', '1h', parseDurationMs),
      graceMs: read('gc-grace', '24h', parseDurationMs),
      uploadExpiryMs: read('upload-expiry', '24h', parseDurationMs),
    },
    stopTimeoutMs: read('stop-timeout', '30s', parseDurationMs),
    s3: sections.s3,
  };
}

function explained<T>(name: OptionName, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (cause) {
    throw new EngineError('invalid', `${name}: ${errorMessage(cause)}`, { cause });
  }
}

function resolveTls(
  certificate: string | undefined,
  key: string | undefined,
  clientAuthority: string | undefined,
): TlsFiles | undefined {
  if (certificate !== undefined && key !== undefined) return { certificate, key, clientAuthority };
  if (certificate === undefined && key === undefined && clientAuthority === undefined) return undefined;
  throw new EngineError('invalid', 'TLS needs both tls-cert and tls-key');
}

function parsePlace(text: string): ListenPlace {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:/[\]]*)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits) > 65535)
    throw new EngineError('invalid', `want HOST:PORT, not ${text}`);
  return { host: host || '::', port: Number(digits) };
}

function parseAddress(text: string): string {
  if (isIP(text) !== 0) return text;
  throw new EngineError('invalid', `want an IP address, not ${text}`);
}

function parseDurationMs(text: string): number {
  const ns = tryParseDuration(text);
  if (ns === undefined || ns < 0) throw new EngineError('invalid', `invalid duration: ${text}`);
  return ns / 1e6;
}

function parseSwitch(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new EngineError('invalid', `want true or false, not ${text}`);
}

function parseLevel(text: string): LogLevel {
  if (text === 'debug' || text === 'info' || text === 'warn' || text === 'error') return text;
  throw new EngineError('invalid', `want debug, info, warn or error, not ${text}`);
}

function parseFormat(text: string): LogFormat {
  if (text === 'text' || text === 'json') return text;
  throw new EngineError('invalid', `want text or json, not ${text}`);
}
