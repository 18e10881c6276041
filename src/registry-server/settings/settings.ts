import type { LogFormat, LogLevel } from '#base';
import type { ProxySettings } from '#registry';
import type { SecretCost } from '../accounts/secret.ts';

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
}

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Authorities of which clients must have a certificate. */
  readonly clientAuthority: string | undefined;
}

/** A bucket of any server that speaks S3. */
export interface S3Settings {
  /** Undefined for Amazon's own. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Before the name of every object; may end with a slash. */
  readonly prefix: string;
  /** Undefined: from the environment, as the AWS tools have it. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** A registry of which repositories here are copies. */
export interface UpstreamSettings {
  /** `https://host[:port]`; with `http` it is spoken to without TLS. */
  readonly url: URL;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export interface CacheSettings {
  /** By project: its repositories are copies of the upstream's of the same name without the project. */
  readonly projects: ReadonlyMap<string, UpstreamSettings>;
  /** For all other repositories, under their own names. */
  readonly everything: UpstreamSettings | undefined;
  /** How long a copied tag is believed. */
  readonly expiryMs: number;
  /** How long a copy that nobody pulls is kept. */
  readonly keepMs: number;
  /** By which proxies upstreams are reached. */
  readonly proxies: ProxySettings;
}

export interface CollectSettings {
  /** 0 for never. */
  readonly intervalMs: number;
  readonly graceMs: number;
  readonly uploadExpiryMs: number;
}

/** Everything the server was told, with defaults filled in. */
export interface RegistrySettings {
  readonly listen: readonly ListenPlace[];
  readonly dataRoot: string;
  readonly tls: TlsFiles | undefined;
  /** How clients name the server; undefined: as each of them does. */
  readonly externalUrl: URL | undefined;
  /** Addresses of proxies that tell the truth about where requests come from. */
  readonly trustedProxies: readonly string[];
  /** Undefined: there are no accounts, and everybody may do everything. */
  readonly adminPasswordFile: string | undefined;
  /** What guessing a password costs. No option: only tests have it cheaper. */
  readonly secretCost: SecretCost;
  /** Where the files of the web page are. */
  readonly pageFolder: string;
  readonly metrics: ListenPlace | undefined;
  readonly auditLog: string | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly readOnly: boolean;
  /** Bytes, by project. */
  readonly quotas: ReadonlyMap<string, number>;
  /** Bytes of projects that have none of their own; undefined: as many as there is room for. */
  readonly quota: number | undefined;
  readonly cache: CacheSettings;
  readonly collect: CollectSettings;
  readonly stopTimeoutMs: number;
  /** Undefined: blobs are kept in the data root. */
  readonly s3: S3Settings | undefined;
}
