import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { busyboxImage } from '../test/fixtures/busybox.ts';
import { dockerArchive } from '../test/fixtures/image.ts';
import { makeTar, type TarEntry } from '../test/fixtures/tar.ts';
import type { Engine } from './engines.ts';
import { fewFiles, manyFiles } from './made-layers.ts';
import { folders, registryAddress, smallImage } from './settings.ts';
import { time } from './spawner.ts';

/** An image that images tests work on. */
export interface BenchImage {
  /** What it is called in tables. */
  readonly title: string;
  readonly name: string;
  /** Its name in the registry. */
  readonly pulled: string;
  readonly archive: string;
  readonly layers: () => Buffer[];
}

/** Three layers of Debian's files, 200 MB together; 60,000 small files; 1 GB in a few files. */
export const benchImages: readonly BenchImage[] = [
  benchImage('200 MB', 'bench-debian', debianLayers),
  benchImage('60,000 files', 'bench-many', manyFiles),
  benchImage('1 GB', 'bench-few', fewFiles),
];

/** The archive of the image that containers are started from. */
export const smallArchive = `${folders.work}/bench-busybox.tar`;

function benchImage(title: string, repository: string, layers: () => Buffer[]): BenchImage {
  const name = `${repository}:1`;
  const archive = `${folders.work}/${repository}.tar`;
  return { title, name, pulled: `${registryAddress}/${name}`, archive, layers };
}

/** Writes the archives that engines load, once. */
export function ensureArchives(): void {
  mkdirSync(folders.work, { recursive: true });
  if (!existsSync(smallArchive)) writeFileSync(smallArchive, dockerArchive(busyboxImage(smallImage)));
  for (const { archive, name, layers } of benchImages) {
    if (!existsSync(archive)) writeFileSync(archive, dockerArchive({ name, layers: layers() }));
  }
}

/** Puts the images into the registry, once, compressed as `docker push` does. */
export function ensurePushed(docker: Engine): void {
  const small = { name: smallImage, pulled: `${registryAddress}/${smallImage}`, archive: smallArchive };
  for (const { name, pulled, archive } of [small, ...benchImages]) {
    if (existsSync(`${registryRepository(name)}/_manifests/tags`)) continue;
    for (const args of [
      ['load', '-i', archive],
      ['tag', name, pulled],
      ['push', pulled],
      ['rmi', name, pulled],
    ]) {
      if (time(docker, args).failures > 0) throw new Error(`docker ${args.join(' ')} failed`);
    }
  }
}

/** What a pull of an image asks a registry for: its manifest, and the blobs that it is made of. */
export function pullPaths(name: string): { readonly manifest: string; readonly blobs: readonly string[] } {
  const [repository, tag] = name.split(':');
  const link = readFileSync(`${registryRepository(name)}/_manifests/tags/${tag}/current/link`, 'utf8').slice(
    7,
  );
  const document = `${registryFolder}/blobs/sha256/${link.slice(0, 2)}/${link}/data`;
  const { config, layers } = JSON.parse(readFileSync(document, 'utf8'));
  const digests: string[] = [config, ...layers].map(({ digest }) => digest);
  return {
    manifest: `/v2/${repository}/manifests/${tag}`,
    blobs: digests.map((digest) => `/v2/${repository}/blobs/${digest}`),
  };
}

const registryFolder = `${folders.data}/registry/docker/registry/v2`;

function registryRepository(name: string): string {
  return `${registryFolder}/repositories/${name.split(':')[0]}`;
}

/** Sizes of the layers of Debian's files, bottom first. */
const debianLayerBytes = [100e6, 60e6, 40e6];
const largestFileBytes = 20e6;

/** Files of the peers' Debian in the order of their paths, cut into layers. */
function debianLayers(): Buffer[] {
  const files = ['usr/lib', 'usr/share', 'usr/bin'].flatMap(listFiles);
  return debianLayerBytes.map((limit) => makeTar(takeUpTo(limit, files)));
}

function listFiles(folder: string): string[] {
  const entries = readdirSync(`${folders.debian}/${folder}`, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folders.debian.length + 1))
    .filter((path) => Buffer.byteLength(path) <= 100)
    .sort();
}

/** Removes files from the front of the list until they fill `limit` bytes. */
function takeUpTo(limit: number, files: string[]): TarEntry[] {
  const taken: TarEntry[] = [];
  let bytes = 0;
  while (bytes < limit) {
    const path = files.shift();
    if (path === undefined) throw new Error('too few files in the Debian root');
    const { size, mode, mtimeMs } = statSync(`${folders.debian}/${path}`);
    if (size > largestFileBytes) continue;
    bytes += size;
    const content = readFileSync(`${folders.debian}/${path}`);
    taken.push({ path, content, mode: mode & 0o7777, mtime: Math.floor(mtimeMs / 1000) });
  }
  return taken;
}

/** Removes what an image test left in an engine; it need not be there. */
export function removeImage(engine: Engine, name: string): void {
  time(engine, ['rmi', '-f', name]);
}

/** Writes all dirty pages back, so that one engine does not pay for another. */
export function syncDisks(): void {
  execFileSync('sync');
}
