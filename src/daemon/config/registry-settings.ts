import { EngineError } from '#base';
import { environmentProxies, type ProxySettings, type RegistrySettings } from '#registry';
import type { Options } from './options.ts';

/** Keys of `proxies` in the file; on the command line they are flags of their own. */
const proxyKeys = { http: 'http-proxy', https: 'https-proxy', none: 'no-proxy' } as const;

/**
 * By which proxies registries are reached: as flag or file say, else the environment.
 * @throws EngineError invalid, in Docker's words
 */
export function resolveProxies(options: Options, env: NodeJS.ProcessEnv): ProxySettings {
  const file: Readonly<Record<string, string>> = options.proxies ?? {};
  const strange = Object.keys(file).find((key) => !Object.values<string>(proxyKeys).includes(key));
  if (strange !== undefined) {
    throw new EngineError(
      'invalid',
      `the following directives don't match any configuration option: ${strange}`,
    );
  }
  const { httpProxy, httpsProxy, noProxy } = options;
  const inherited = environmentProxies(env);
  return {
    http: resolveProxy(proxyKeys.http, httpProxy, file, inherited.http),
    https: resolveProxy(proxyKeys.https, httpsProxy, file, inherited.https),
    none: resolveProxy(proxyKeys.none, noProxy, file, inherited.none),
  };
}

function resolveProxy(
  key: string,
  flag: string | undefined,
  file: Readonly<Record<string, string>>,
  inherited: string,
): string {
  const set = file[key];
  if (flag && set) {
    const both = 'the following directives are specified both as a flag and in the configuration file';
    throw new EngineError('invalid', `${both}: ${key}: (from flag: ${flag}, from file: ${set})`);
  }
  return flag || set || inherited;
}

/** What is set for single registries. @throws EngineError invalid */
export function resolveRegistries(options: Options): Readonly<Record<string, RegistrySettings>> {
  const entries = Object.entries(options.registries ?? {});
  return Object.fromEntries(
    entries.map(([domain, { mirrors }]) => [domain, { mirrors: (mirrors ?? []).map(parseMirror) }]),
  );
}

/** The form that `info` shows: with a slash at the end. @throws EngineError invalid, in Docker's words */
export function parseMirror(text: string): string {
  const bad = (reason: string) => new EngineError('invalid', `invalid mirror: ${reason}`);
  if (!URL.canParse(text)) throw bad(`"${text}" is not a valid URI`);
  const { protocol, search, hash, username, host, pathname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw bad(
      `unsupported scheme "${protocol.slice(0, -1)}" in "${text}": must use either 'https://' or 'http://'`,
    );
  }
  if (search !== '' || hash !== '') throw bad(`query or fragment at end of the URI "${text}"`);
  if (username !== '') throw bad(`username/password not allowed in URI "${text}"`);
  return `${protocol}//${host}${pathname.replace(/\/*$/, '/')}`;
}
