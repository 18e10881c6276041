import {
  authConfig,
  type ContainerSummary,
  type DiskUsage,
  formatApiVersion,
  type ImageSummary,
  newestApiVersion,
  oldestApiVersion,
  type SystemVersion,
  type Volume,
} from '#api';
import type { ImageSummaryView } from '#engine/images';
import { readRequiredJson, sendJson } from './answers.ts';
import { encodeContainerSummary } from './container-summary.ts';
import { encodeImageSummary } from './image-encode.ts';
import { encodeInfo } from './system-info.ts';
import type { DockerApiParts, Handlers, SystemFacts } from './types.ts';
import { encodeVolume } from './volumes.ts';

type SystemOperation = 'ping' | 'version' | 'info' | 'auth' | 'diskUsage' | 'pluginList';

export function systemHandlers(parts: DockerApiParts): Handlers<SystemOperation> {
  return {
    async ping({ request, response }) {
      const fields = {
        'Builder-Version': '1',
        'Cache-Control': 'no-cache, no-store, must-revalidate',
        Pragma: 'no-cache',
        Swarm: 'inactive',
        'Content-Type': 'text/plain; charset=utf-8',
      };
      response.send(200, fields, request.method === 'HEAD' ? '' : 'OK');
    },
    async version(call) {
      sendJson(call, 200, encodeVersion(parts.system.facts()));
    },
    async info(call) {
      sendJson(call, 200, encodeInfo(parts));
    },
    async auth(call) {
      const credentials = await readRequiredJson(call, authConfig);
      sendJson(call, 200, await parts.system.authenticate(credentials, call.signal));
    },
    async diskUsage(call) {
      const types = call.request.query.getAll('type');
      sendJson(call, 200, await measureDisk(parts, types, call.version.minor));
    },
    async pluginList(call) {
      sendJson(call, 200, []);
    },
  };
}

function encodeVersion(facts: SystemFacts): SystemVersion {
  const shared = {
    Version: facts.engineVersion,
    ApiVersion: formatApiVersion(newestApiVersion),
    MinAPIVersion: formatApiVersion(oldestApiVersion),
    GitCommit: facts.gitCommit,
    GoVersion: facts.runtimeVersion,
    Os: 'linux',
    Arch: goArchitecture(),
    KernelVersion: facts.kernelVersion,
    BuildTime: facts.buildTime,
  };
  const { Version, ...details } = shared;
  const engine = { Name: 'Engine', Version, Details: { ...details, Experimental: 'false' } };
  const roles = fixedRoles.map((Name) => ({ Name, Version, Details: { GitCommit: facts.gitCommit } }));
  return { Platform: { Name: 'Wharf' }, Components: [engine, ...roles], ...shared };
}

/** Docker's other programs, whose parts this engine plays itself. */
const fixedRoles = ['containerd', 'runc', 'docker-init'];

function goArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

/** The shape below API 1.52; without `type` everything is told. */
async function measureDisk(
  { containers, images, volumes }: DockerApiParts,
  types: readonly string[],
  minor: number,
): Promise<DiskUsage> {
  const wanted = (type: string) => types.length === 0 || types.includes(type);
  const imageViews = wanted('image') ? images.list({ sharedSize: true }) : [];
  const rows = wanted('container') ? await containers.list({ all: true, sizes: true }) : [];
  const volumeRecords = wanted('volume') ? volumes.list() : [];
  const withUsage = volumeRecords.map(async (record): Promise<Volume> => {
    const usage = { Size: await volumes.usage(record.name), RefCount: record.users.length };
    return { ...encodeVolume(record), UsageData: usage };
  });
  return {
    LayersSize: distinctBytes(imageViews),
    Images: imageViews.map((view) => encodeUsedImage(view, minor)),
    Containers: rows.map((row): ContainerSummary => encodeContainerSummary(row, minor)),
    Volumes: await Promise.all(withUsage),
    BuildCache: [],
  };
}

/** Here the number of containers is told at every version: the client finds the images in use by it. */
function encodeUsedImage(view: ImageSummaryView, minor: number): ImageSummary {
  return { ...encodeImageSummary(view, minor), Containers: view.containers };
}

/** Bytes of all images, what several share counted once as far as each image tells its shared part. */
function distinctBytes(images: readonly ImageSummaryView[]): number {
  const own = images.reduce((sum, { sizeBytes, sharedBytes }) => sum + sizeBytes - (sharedBytes ?? 0), 0);
  return own + Math.max(0, ...images.map(({ sharedBytes }) => sharedBytes ?? 0));
}
