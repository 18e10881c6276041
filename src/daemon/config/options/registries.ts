import { list, number, pairs, registries, text } from '../kinds.ts';
import type { OptionSpec } from '../option.ts';

/** Where images come from. */
export const registryOptions = {
  insecureRegistries: {
    flag: 'insecure-registry',
    key: 'insecure-registries',
    kind: list,
    help: 'Registry without TLS, as host or CIDR',
  },
  registryMirrors: {
    flag: 'registry-mirror',
    key: 'registry-mirrors',
    kind: list,
    help: 'Mirror of the default registry',
  },
  registries: {
    key: 'registries',
    kind: registries,
    help: 'Mirrors of single registries, by their domain',
  },
  registryCertificates: {
    flag: 'registry-certs-dir',
    key: 'registry-certs-dir',
    kind: text,
    help: "Folder of registries' certificates, as /etc/docker/certs.d is",
  },
  registryCredentials: {
    flag: 'registry-credentials',
    key: 'registry-credentials',
    kind: text,
    help: "The daemon's own credentials, in a file as config.json of the client is",
  },
  httpProxy: {
    flag: 'http-proxy',
    kind: text,
    help: 'Proxy to registries without TLS, as URL',
  },
  httpsProxy: {
    flag: 'https-proxy',
    kind: text,
    help: 'Proxy to registries with TLS, as URL',
  },
  noProxy: {
    flag: 'no-proxy',
    kind: text,
    help: 'Hosts and CIDRs that are reached without a proxy, with commas between',
  },
  proxies: {
    key: 'proxies',
    kind: pairs,
    help: 'The three together',
  },
  maxConcurrentDownloads: {
    flag: 'max-concurrent-downloads',
    key: 'max-concurrent-downloads',
    kind: number,
    help: 'Layers of one pull that are fetched at a time',
  },
  maxConcurrentUploads: {
    flag: 'max-concurrent-uploads',
    key: 'max-concurrent-uploads',
    kind: number,
    help: 'Layers of one push that are sent at a time',
  },
  pushCompression: {
    flag: 'push-compression',
    key: 'push-compression',
    kind: text,
    help: 'How layers that no registry knows yet are compressed: gzip or zstd',
  },
  maxDownloadAttempts: {
    flag: 'max-download-attempts',
    key: 'max-download-attempts',
    kind: number,
    help: 'How often a download is taken up again',
  },
} as const satisfies Record<string, OptionSpec>;
