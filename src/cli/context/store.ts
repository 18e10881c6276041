import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { defaultHost, type Endpoint, parseEndpoint, type TlsFiles } from '#client';
import type { GlobalOptions } from '../globals.ts';
import { readTextFile } from '../read-text-file.ts';
import type { StoredContext } from './types.ts';

/** The context that is always there: the daemon of DOCKER_HOST, or of this machine. */
export const defaultContext = 'default';

/** The daemon of the default context. */
export function defaultContextHost({ host, usualHost }: GlobalOptions): string {
  return host ?? usualHost ?? defaultHost;
}

/** Where a context is kept: the folders carry the hash of its name, as the stock client has it. */
export function contextFolders(configDirectory: string, name: string): { metadata: string; tls: string } {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256').update(name).digest('hex');
  const store = `${configDirectory}/contexts`;
  return { metadata: `${store}/meta/${hash}`, tls: `${store}/tls/${hash}` };
}

/** @throws Error when there is no such context */
export function readContext(configDirectory: string, name: string): StoredContext {
  try {
    const text = readTextFile(`${contextFolders(configDirectory, name).metadata}/meta.json`);
    return JSON.parse(text) as StoredContext;
  } catch (error) {
    throw new Error(`context "${name}": context not found: ${(error as Error).message}`);
  }
}

/** The default context as it would be kept. */
export function inMemoryContext(options: GlobalOptions): StoredContext {
  const docker = { Host: defaultContextHost(options), SkipTLSVerify: options.tls?.verify === false };
  return { Name: defaultContext, Metadata: {}, Endpoints: { docker } };
}

export function hasContext(configDirectory: string, name: string): boolean {
  return existsSync(contextFolders(configDirectory, name).metadata);
}

/** All that are stored, in order of names. */
export function listContexts(configDirectory: string): StoredContext[] {
  const folder = `${configDirectory}/contexts/meta`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((hash) => JSON.parse(readFileSync(`${folder}/${hash}/meta.json`, 'utf8')) as StoredContext)
    .sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

export function writeContext(configDirectory: string, context: StoredContext): void {
  const { metadata } = contextFolders(configDirectory, context.Name);
  mkdirSync(metadata, { recursive: true, mode: 0o755 });
  writeFileSync(`${metadata}/meta.json`, JSON.stringify(context));
}

/** A context's TLS files by endpoint and name, as `docker/ca.pem`. */
export function readTlsFiles(configDirectory: string, name: string): Map<string, Uint8Array> {
  const { tls } = contextFolders(configDirectory, name);
  if (!existsSync(tls)) return new Map();
  const paths = readdirSync(tls, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(`${tls}/${path}`).isFile());
  return new Map(files.map((path) => [path, readFileSync(`${tls}/${path}`)]));
}

export function writeTlsFiles(
  configDirectory: string,
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
): void {
  const { tls } = contextFolders(configDirectory, name);
  for (const [path, content] of files) {
    mkdirSync(dirname(`${tls}/${path}`), { recursive: true, mode: 0o700 });
    writeFileSync(`${tls}/${path}`, content, { mode: 0o600 });
  }
}

export function removeContext(configDirectory: string, name: string): void {
  const { metadata, tls } = contextFolders(configDirectory, name);
  rmSync(metadata, { recursive: true, force: true });
  rmSync(tls, { recursive: true, force: true });
}

/** The daemon that a context names. @throws Error when there is no such context */
export function contextEndpoint(configDirectory: string, name: string): Endpoint {
  const { docker } = readContext(configDirectory, name).Endpoints;
  return parseEndpoint(docker?.Host || defaultHost, storedTls(configDirectory, name, docker?.SkipTLSVerify));
}

function storedTls(configDirectory: string, name: string, skipsVerify = false): TlsFiles | undefined {
  const folder = `${contextFolders(configDirectory, name).tls}/docker`;
  if (!skipsVerify && !existsSync(folder)) return undefined;
  const file = (kind: string) => (existsSync(`${folder}/${kind}.pem`) ? `${folder}/${kind}.pem` : undefined);
  const [ca, cert, key] = [file('ca'), file('cert'), file('key')];
  return {
    verify: !skipsVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
