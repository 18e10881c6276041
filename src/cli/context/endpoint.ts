import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { parseEndpoint } from '#client';
import { type Flag, text } from '../flags/index.ts';
import type { GlobalOptions } from '../globals.ts';
import { readTextFile } from '../read-text-file.ts';
import { contextFolders, defaultContext, inMemoryContext, readContext } from './store.ts';
import type { StoredContext } from './types.ts';

type DockerEndpoint = NonNullable<StoredContext['Endpoints']['docker']>;

/** The help of `create` and `update` on what `--docker` takes. */
export const endpointHelp = `Docker endpoint config:

NAME                DESCRIPTION
from                Copy named context's Docker endpoint configuration
host                Docker endpoint on which to connect
ca                  Trust certs signed only by this CA
cert                Path to TLS certificate file
key                 Path to TLS key file
skip-tls-verify     Skip TLS certificate validation

Example:
`;

/** `name=value` parts with commas between. */
export const dockerFlag: Flag<Readonly<Record<string, string>>> = {
  ...text('set the docker endpoint'),
  valueName: 'stringToString',
  initial: {},
  defaultText: '[]',
  read: (value, previous) => ({ ...previous, ...readPairs(value) }),
};

function readPairs(value: string): Record<string, string> {
  return Object.fromEntries(
    value.split(',').map((pair) => {
      const [name = '', content] = pair.split(/=(.*)/s);
      if (content === undefined) throw new Error(`${pair} must be formatted as key=value`);
      return [name, content];
    }),
  );
}

const keys = ['from', 'host', 'ca', 'cert', 'key', 'skip-tls-verify'];

/** The endpoint that `--docker` describes. @throws Error with the stock client's words */
export function describeEndpoint(
  parts: Readonly<Record<string, string>>,
  options: GlobalOptions,
): DockerEndpoint {
  try {
    const unknown = Object.keys(parts).find((key) => !keys.includes(key));
    if (unknown !== undefined) throw new Error(`unrecognized config key: ${unknown}`);
    if (parts.from !== undefined) return namedContext(parts.from, options).Endpoints.docker ?? {};
    for (const kind of tlsKinds) if (parts[kind] !== undefined) readTextFile(parts[kind]);
    if (parts.host !== undefined) checkHost(parts.host);
    return { Host: parts.host ?? '', SkipTLSVerify: parts['skip-tls-verify'] === 'true' };
  } catch (error) {
    throw new Error(`unable to create docker endpoint config: ${(error as Error).message}`);
  }
}

function checkHost(host: string): void {
  if (host.includes('://')) return void parseEndpoint(host);
  throw new Error(`unable to apply docker endpoint options: unable to parse docker host \`${host}\``);
}

const tlsKinds = ['ca', 'cert', 'key'] as const;

/** Keeps copies of the TLS files: those named, or those of the context they come from. */
export function storeTlsFiles(
  configDirectory: string,
  name: string,
  parts: Readonly<Record<string, string>>,
): void {
  const folder = contextFolders(configDirectory, name).tls;
  const origin = parts.from === undefined ? '' : contextFolders(configDirectory, parts.from).tls;
  if (origin !== '' && existsSync(origin)) cpSync(origin, folder, { recursive: true });
  for (const kind of tlsKinds) {
    const path = parts[kind];
    if (path === undefined) continue;
    mkdirSync(`${folder}/docker`, { recursive: true, mode: 0o700 });
    writeFileSync(`${folder}/docker/${kind}.pem`, readTextFile(path), { mode: 0o600 });
  }
}

/** A context by its name, the default one too. @throws Error when there is none */
export function namedContext(name: string, options: GlobalOptions): StoredContext {
  return name === defaultContext ? inMemoryContext(options) : readContext(options.configDirectory, name);
}
