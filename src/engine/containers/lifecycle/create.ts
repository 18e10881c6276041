import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import type { ContainerCreateRequest } from '#api';
import { EngineError, errorMessage, nowNs, parseSize } from '#base';
import type { ResolvedImage } from '#engine/images';
import { parsePlatform } from '#oci';
import type { ContainerContext } from '../context.ts';
import { durableDirectory } from '../directories.ts';
import { settleLinks } from '../links/link.ts';
import { publish } from '../publish.ts';
import { createRecord, newContainerId } from '../record/create-record.ts';
import { makeUpName, parseName } from '../record/name.ts';
import { warningsAbout } from '../record/warnings.ts';
import type { Records } from '../records.ts';
import { transition } from '../transition.ts';
import type { ContainerRecord, Created, CreateOptions, ImageOrigin } from '../types.ts';
import { prepareImageMounts } from './image-mounts.ts';
import { undoCreate } from './remove.ts';
import { ensureVolumes, nameVolumes, refuseMissingSources } from './volumes.ts';
import { refuseFileAsDirectory } from './working-directory.ts';

/**
 * Makes a container that can be started: its record, snapshot, directory and volumes. The record comes first,
 * in the state `creating`, so that whatever a kill leaves half made is known and removed by the next daemon.
 */
export async function createContainer(
  context: ContainerContext,
  request: ContainerCreateRequest,
  options: CreateOptions,
): Promise<Created> {
  const platform = options.platform ? parsePlatform(options.platform) : undefined;
  const image = request.Image === '' ? undefined : context.images.resolve(request.Image, platform);
  const record = newRecord(context, request, options, image);
  context.records.insert(record);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => undoCreate(context, record));
  await refuseMissingSources(record.mounts);
  const [mounts] = await Promise.all([
    ensureVolumes(context, record),
    prepareRoot(context, record),
    prepareImageMounts(context, record),
    mkdir(durableDirectory(context.settings, record.id), { recursive: true, mode: 0o710 }),
  ]);
  await refuseFileAsDirectory(context, record);
  transition(context, record.id, { type: 'created' }, { mounts });
  undo.move();
  publish(context, record, 'create');
  return { id: record.id, warnings: warningsAbout(record) };
}

/** Programs find out by an empty file whether they run in a container. */
async function prepareRoot(
  { snapshots }: ContainerContext,
  { id, image, hostConfig }: ContainerRecord,
): Promise<void> {
  const size = hostConfig.StorageOpt?.size;
  await snapshots.prepare(id, image.layers, size ? { sizeBytes: parseSize(size, 1024) } : undefined);
  writeFileSync(join(snapshots.upperDir(id), '.dockerenv'), '', { mode: 0o755 });
}

function newRecord(
  context: ContainerContext,
  request: ContainerCreateRequest,
  options: CreateOptions,
  image: ResolvedImage | undefined,
): ContainerRecord {
  const { records, settings } = context;
  for (const mode of [request.HostConfig.IpcMode, request.HostConfig.PidMode]) refuseMissing(records, mode);
  const record = createRecord(request, image, {
    id: newContainerId(),
    name: options.name ? parseName(options.name) : makeUpName((name) => records.byName(name) !== undefined),
    createdNs: nowNs(),
    defaults: settings.defaults,
    cpuCount: availableParallelism(),
    hostName: hostname(),
    mountsOf: (ref) => findMentioned(records, ref).mounts,
    imageOf: (ref) => originOf(context, ref),
    findSecret: (kind, ref) => context.secrets[kind].find(ref),
    sparesBelow: options.sparesBelow ?? false,
  });
  const hostConfig = { ...record.hostConfig, Links: settleLinks(records, record.hostConfig) };
  return { ...record, hostConfig, mounts: nameVolumes(record.mounts) };
}

/** @throws EngineError invalid, when the container whose namespace is wished for is not there */
function refuseMissing(records: Records, mode: string): void {
  const [, ref] = /^container:(.+)$/.exec(mode) ?? [];
  if (ref !== undefined) findMentioned(records, ref);
}

/** A container that a request for another one names. @throws EngineError invalid, when it is not there */
function findMentioned(records: Records, ref: string): ContainerRecord {
  try {
    return records.find(ref);
  } catch (cause) {
    throw new EngineError('invalid', errorMessage(cause), { cause });
  }
}

function originOf({ images }: ContainerContext, reference: string): ImageOrigin {
  const { id, layers } = images.resolve(reference);
  return { id, reference, layers };
}
