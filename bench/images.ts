import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { busyboxImage } from '../test/fixtures/busybox.ts';
import { dockerArchive } from '../test/fixtures/image.ts';
import { makeTar, type TarEntry } from '../test/fixtures/tar.ts';
import type { Engine } from './engines.ts';
import { bigImage, folders, registryAddress, smallImage } from './settings.ts';
import { time } from './spawner.ts';

/** Sizes of the big image's layers, bottom first. */
const layerBytes = [100e6, 60e6, 40e6];
const largestFileBytes = 20e6;

export const archives = {
  small: `${folders.work}/bench-busybox.tar`,
  big: `${folders.work}/bench-debian.tar`,
} as const;

/** The big image's name in the registry. */
export const pulledImage = `${registryAddress}/${bigImage}`;

/** Writes the archives that engines load, once. */
export function ensureArchives(): void {
  mkdirSync(folders.work, { recursive: true });
  if (!existsSync(archives.small)) writeFileSync(archives.small, dockerArchive(busyboxImage(smallImage)));
  if (!existsSync(archives.big))
    writeFileSync(archives.big, dockerArchive({ name: bigImage, layers: debianLayers() }));
}

/** Puts the big image into the registry, once, compressed as `docker push` does. */
export function ensurePushed(docker: Engine): void {
  const repository = `${folders.data}/registry/docker/registry/v2/repositories/${bigImage.split(':')[0]}`;
  if (existsSync(`${repository}/_manifests/tags`)) return;
  for (const args of [
    ['load', '-i', archives.big],
    ['tag', bigImage, pulledImage],
    ['push', pulledImage],
    ['rmi', bigImage, pulledImage],
  ]) {
    if (time(docker, args).failures > 0) throw new Error(`docker ${args.join(' ')} failed`);
  }
}

/** Files of the peers' Debian in the order of their paths, cut into layers. */
function debianLayers(): Buffer[] {
  const files = ['usr/lib', 'usr/share', 'usr/bin'].flatMap(listFiles);
  return layerBytes.map((limit) => makeTar(takeUpTo(limit, files)));
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
