import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';

/** What the command line reads of the user's `config.json`. */
export interface ConfigFile {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  readonly HttpHeaders?: Readonly<Record<string, string>>;
  /** The helper program that keeps credentials, and those of single registries. */
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly currentContext?: string;
  readonly detachKeys?: string;
  readonly pruneFilters?: readonly string[];
  readonly proxies?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly psFormat?: string;
  readonly imagesFormat?: string;
  readonly networksFormat?: string;
  readonly volumesFormat?: string;
  readonly secretFormat?: string;
  readonly configFormat?: string;
  readonly statsFormat?: string;
}

/** Credentials as `login` keeps them: `auth` is base64 of `user:password`. */
export interface StoredAuth {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** The file in `directory`; an absent one is empty, a broken one too (with a warning). */
export function loadConfigFile(directory: string, warn: (message: string) => void): ConfigFile {
  let text: string;
  const path = `${directory}/config.json`;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  try {
    return JSON.parse(text) as ConfigFile;
  } catch (error) {
    warn(`WARNING: Error loading config file: ${path}: ${(error as Error).message}\n`);
    return {};
  }
}

/** Changes the file, whose other keys stay; it is replaced in one step and only its owner may read it. */
export function updateConfigFile(directory: string, change: (config: ConfigFile) => ConfigFile): void {
  const name = `${directory}/config.json`;
  // A link to where the user keeps his settings stays one.
  const path = existsSync(name) ? realpathSync(name) : name;
  const changed = change(loadConfigFile(directory, () => undefined));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(changed, undefined, '\t')}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

/** Changes the stored credentials. */
export function updateCredentials(
  directory: string,
  change: (auths: Record<string, StoredAuth>) => void,
): void {
  updateConfigFile(directory, (config) => {
    const auths = { ...config.auths };
    change(auths);
    return { ...config, auths };
  });
}
