import type { ContainerInspect, Volume } from '#api';
import { ApiError } from '#client';
import { rebase } from '../archive/index.ts';
import { containerPath } from '../container/path.ts';
import { volumePath } from '../volume/path.ts';
import { type Side, tryGet } from './sides.ts';

/** Reads and fills volumes of one side. */
export interface VolumeCarrier {
  /** A tar of all that the volume holds, named from `.` on. */
  read(index: number): Promise<AsyncIterable<Uint8Array>>;
  /** Fills a volume that is empty, or not there. */
  write(index: number, archive: AsyncIterable<Uint8Array>): Promise<void>;
  /** Empties a volume that an earlier attempt has begun to fill. @returns false for one that is somebody else's */
  empty(index: number): Promise<boolean>;
  /** Gives up what only reading and filling needed; the volumes stay. */
  close(): Promise<void>;
}

/** Over the routes of our own. */
export function openVolumes({ client }: Side, volumes: readonly Volume[]): VolumeCarrier {
  const name = (index: number) => volumes[index]?.Name ?? '';
  return {
    async read(index) {
      return (await client.send({ method: 'GET', path: volumePath(name(index), 'export') })).body;
    },
    async write(index, body) {
      const path = volumePath(name(index), 'import');
      await client.call({ method: 'POST', path, contentType: 'application/x-tar', body });
    },
    // What an import has begun it has finished, or undone.
    empty: async () => false,
    async close() {},
  };
}

/** By a container that is never started: any engine gives and takes archives of what one mounts. */
export async function openVolumesByContainer(
  side: Side,
  volumes: readonly Volume[],
  { name, image }: { readonly name: string; readonly image: string },
): Promise<VolumeCarrier> {
  const { client } = side;
  const earlier = await tryGet<ContainerInspect>(side, containerPath(name, 'json'));
  const made = earlier?.Config.Labels?.[madeLabel] ?? JSON.stringify(await absentOf(side, volumes));
  const create = async () => {
    const json = {
      Image: image,
      Entrypoint: ['none'],
      Labels: { [madeLabel]: made },
      HostConfig: { Mounts: volumes.map(mountOf) },
    };
    await client.call({ method: 'POST', path: '/containers/create', query: { name }, json });
  };
  const remove = async () => {
    // With the volumes that the image brings to it.
    const request = { method: 'DELETE', path: containerPath(name), query: { v: true } } as const;
    await client.call(request).catch(ignoreAbsence);
  };
  if (earlier === undefined) await create();
  const archive = containerPath(name, 'archive');
  return {
    async read(index) {
      const query = { path: `${placeOf(index)}/.` };
      return (await client.send({ method: 'GET', path: archive, query })).body;
    },
    async write(index, contents) {
      // As a directory of its parent: of the directory that is unpacked into itself, owner and mode would be lost.
      const placement = { directory: mountRoot, oldBase: '.', newBase: String(index) };
      const body = rebase(contents, placement);
      const query = { path: mountRoot };
      await client.call({ method: 'PUT', path: archive, query, contentType: 'application/x-tar', body });
    },
    async empty(index) {
      const { Name = '' } = volumes[index] ?? {};
      if (earlier === undefined || !namesOf(made).includes(Name)) return false;
      await remove();
      await client.call({ method: 'DELETE', path: volumePath(Name) });
      await create();
      return true;
    },
    close: remove,
  };
}

/** The label that tells which volumes came with the container: what the others hold is nobody's to empty. */
const madeLabel = 'wharf.migrate-made';

/** Names of the volumes that are not there. */
async function absentOf(side: Side, volumes: readonly Volume[]): Promise<string[]> {
  const absent: string[] = [];
  for (const { Name } of volumes) if ((await tryGet(side, volumePath(Name))) === undefined) absent.push(Name);
  return absent;
}

function namesOf(made: string): readonly unknown[] {
  const names: unknown = JSON.parse(made);
  return Array.isArray(names) ? names : [];
}

const mountRoot = '/wharf-migrate';

function placeOf(index: number): string {
  return `${mountRoot}/${index}`;
}

/** Without what the image has at the place: nothing but what comes from the other side shall be there. */
function mountOf({ Name, Driver, Options, Labels }: Volume, index: number) {
  const DriverConfig = { Name: Driver, Options: Options ?? {} };
  const VolumeOptions = { NoCopy: true, Labels: Labels ?? {}, DriverConfig };
  return { Type: 'volume', Source: Name, Target: placeOf(index), VolumeOptions };
}

function ignoreAbsence(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}
