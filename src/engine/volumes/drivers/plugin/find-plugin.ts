import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { decode, schema } from '#api';
import { EngineError, errorMessage, unlessErrno } from '#base';

/** Where programs that are plugins tell of themselves. */
export interface PluginFolders {
  /** Of sockets: `NAME.sock`, or `NAME/NAME.sock`. */
  readonly sockets: string;
  /** Of files `NAME.spec` (an address) and `NAME.json` (an address with certificates); the first folder that has one counts. */
  readonly specs: readonly string[];
}

/** How a plugin is spoken to. */
export type PluginAddress =
  | { readonly path: string }
  | { readonly host: string; readonly port: number; readonly tls?: PluginTls };

/** Paths of PEM files; '' for what is not used. */
export interface PluginTls {
  readonly insecure: boolean;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Of a file that can be there, in its folder. */
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,127}$/;
const nothingThere = ['ENOENT', 'ENOTDIR'];

/** Undefined when no file tells of a plugin of that name. @throws EngineError invalid, for a file that makes no sense */
export function findPlugin({ sockets, specs }: PluginFolders, name: string): PluginAddress | undefined {
  if (!namePattern.test(name)) return undefined;
  for (const path of [join(sockets, `${name}.sock`), join(sockets, name, `${name}.sock`)]) {
    if (unlessErrno(nothingThere, () => lstatSync(path))?.isSocket()) return { path };
  }
  for (const folder of specs) {
    const address = readSpec(join(folder, `${name}.spec`)) ?? readJsonSpec(join(folder, `${name}.json`));
    if (address !== undefined) return address;
  }
  return undefined;
}

/** The names of all plugins that files tell of, sorted. */
export function pluginNames(folders: PluginFolders): string[] {
  const sockets = list(folders.sockets).flatMap((entry) => {
    const { name, ext } = parse(entry);
    const below = list(join(folders.sockets, entry)).includes(`${entry}.sock`);
    return ext === '.sock' ? [name] : below ? [entry] : [];
  });
  const specs = folders.specs.flatMap(list).flatMap((entry) => {
    const { name, ext } = parse(entry);
    return ext === '.spec' || ext === '.json' ? [name] : [];
  });
  return [...new Set([...sockets, ...specs])].sort();
}

function list(folder: string): string[] {
  return unlessErrno(nothingThere, () => readdirSync(folder)) ?? [];
}

function readSpec(path: string): PluginAddress | undefined {
  const text = unlessErrno(nothingThere, () => readFileSync(path, 'utf8'));
  return text === undefined ? undefined : parseAddress(text.trim(), path);
}

const jsonSpec = schema.struct('Plugin', {
  Addr: schema.text,
  TLSConfig: schema.omittable(
    schema.struct('TLSConfig', {
      InsecureSkipVerify: schema.flag,
      CAFile: schema.text,
      CertFile: schema.text,
      KeyFile: schema.text,
    }),
  ),
});

function readJsonSpec(path: string): PluginAddress | undefined {
  const text = unlessErrno(nothingThere, () => readFileSync(path, 'utf8'));
  if (text === undefined) return undefined;
  const { Addr, TLSConfig } = parseJson(text, path);
  const address = parseAddress(Addr, path);
  if (TLSConfig === undefined || 'path' in address) return address;
  const { InsecureSkipVerify, CAFile, CertFile, KeyFile } = TLSConfig;
  const tls = { insecure: InsecureSkipVerify, ca: CAFile, certificate: CertFile, key: KeyFile };
  return { ...address, tls };
}

function parseJson(text: string, path: string) {
  try {
    return decode(jsonSpec, JSON.parse(text));
  } catch (cause) {
    throw new EngineError('invalid', `the plugin's file ${path} cannot be read: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

/** `unix:///path`, `tcp://host:port`, `http://host:port` or `https://host:port`. */
function parseAddress(text: string, path: string): PluginAddress {
  const [, socket] = /^unix:\/\/(\/.+)$/.exec(text) ?? [];
  if (socket !== undefined) return { path: socket };
  const [, scheme, host, port] = /^(tcp|https?):\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(text) ?? [];
  if (host === undefined)
    throw new EngineError('invalid', `the plugin's file ${path} has no address: ${text}`);
  const address = { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  const noFiles = { insecure: false, ca: '', certificate: '', key: '' };
  return scheme === 'https' ? { ...address, tls: noFiles } : address;
}
