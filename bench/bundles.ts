import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { busyboxLayer } from '../test/fixtures/busybox.ts';
import type { Engine } from './engines.ts';
import { runIn, worldPid } from './peers/world.ts';
import { folders, smallImage } from './settings.ts';
import { time } from './spawner.ts';

/** What of an OCI runtime configuration the bench itself looks at. */
interface RuntimeConfig {
  process: { terminal?: boolean; args: string[]; capabilities?: unknown };
  root: { path: string; readonly: boolean };
  linux: Record<string, unknown>;
}

export type BundleKind = 'minimal' | 'docker-like';

export function bundlePath(kind: BundleKind): string {
  return `${folders.work}/bundle-${kind}`;
}

/** Root file system of all bundles. */
export const bundleRoot = `${folders.work}/bundle-root`;

/** Bundles that run `true`: what `runc spec` writes, and the same confined as Docker confines a container. */
export function ensureBundles(docker: Engine): void {
  unpackRoot();
  const minimal = specOfRunc();
  minimal.process = { ...minimal.process, terminal: false, args: ['true'] };
  minimal.root = { path: bundleRoot, readonly: true };
  writeConfig('minimal', minimal);
  const confined = specOfDocker(docker);
  const { seccomp, resources, maskedPaths, readonlyPaths } = confined.linux;
  writeConfig('docker-like', {
    ...minimal,
    process: { ...minimal.process, capabilities: confined.process.capabilities },
    linux: { ...minimal.linux, seccomp, resources, maskedPaths, readonlyPaths },
  });
}

function writeConfig(kind: BundleKind, config: RuntimeConfig): void {
  mkdirSync(bundlePath(kind), { recursive: true });
  writeFileSync(`${bundlePath(kind)}/config.json`, JSON.stringify(config));
}

function unpackRoot(): void {
  const archive = `${bundleRoot}.tar`;
  mkdirSync(bundleRoot, { recursive: true });
  writeFileSync(archive, busyboxLayer());
  execFileSync('tar', ['-xf', archive, '-C', bundleRoot]);
}

function specOfRunc(): RuntimeConfig {
  const folder = `${folders.work}/bundle-spec`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  runIn('peers', ['runc', 'spec', '--bundle', folder]);
  return parseConfig(`${folder}/config.json`);
}

/** The configuration that dockerd gives to its runtime for a container with no options. */
function specOfDocker(docker: Engine): RuntimeConfig {
  const name = 'bench-bundle';
  time(docker, ['run', '-d', '--name', name, smallImage, 'sleep', '3600']);
  try {
    const inspect = [...docker.command, 'inspect', '-f', '{{.Id}}', name];
    const id = runIn(docker.place, inspect, docker.environment);
    const tasks = '/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby';
    return parseConfig(`/proc/${worldPid()}/root${tasks}/${id}/config.json`);
  } finally {
    time(docker, [...docker.forceRemove, name]);
  }
}

function parseConfig(path: string): RuntimeConfig {
  return JSON.parse(readFileSync(path, 'utf8')) as RuntimeConfig;
}
