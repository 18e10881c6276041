import type { Volume } from '#api';
import { volumePath } from '../volume/path.ts';
import { type Cargo, type Side, tryGet } from './sides.ts';
import { digestTree, type TreeDigest, TreeDigester } from './tree-digest.ts';
import { openVolumes, openVolumesByContainer, type VolumeCarrier } from './volume-carrier.ts';

/** Tells the user how far the move is. */
export type Tell = (line: string) => void;

/** What the volumes are moved with. */
export interface VolumeMove {
  readonly cargo: Cargo;
  /** Name of the container's image on each side. */
  readonly images: { readonly source: string; readonly target: string };
  readonly tell: Tell;
}

/**
 * Fills the other side's volumes with what the container's hold, and compares them. What is there already and the
 * same is done; a volume that holds something else is nobody's to overwrite.
 * @throws Error for such a volume, and when both do not come out the same
 */
export async function moveVolumes(source: Side, target: Side, move: VolumeMove): Promise<void> {
  const volumes = await volumesOf(source, move.cargo);
  if (volumes.length === 0) return;
  const name = `wharf-migrate-${move.cargo.container.Id.slice(0, 12)}`;
  const [from, to] = [
    source.isWharf
      ? openVolumes(source, volumes)
      : await openVolumesByContainer(source, volumes, { name, image: move.images.source }),
    target.isWharf
      ? await createVolumes(target, volumes)
      : await openVolumesByContainer(target, volumes, { name, image: move.images.target }),
  ];
  for (const [index, { Name }] of volumes.entries()) {
    const { members, bytes } = await moveVolume(from, to, index, `volume ${Name} of ${target.name}`);
    move.tell(`volume ${Name}: ${members} files, ${bytes} bytes, verified`);
  }
  await from.close();
  await to.close();
}

async function moveVolume(
  from: VolumeCarrier,
  to: VolumeCarrier,
  index: number,
  what: string,
): Promise<TreeDigest> {
  const there = await digestTree(await to.read(index));
  if (there.members > 0) {
    const here = await digestTree(await from.read(index));
    if (here.digest === there.digest) return here;
    if (!(await to.empty(index))) throw new Error(`${what} holds something else: remove it first`);
  }
  const digester = new TreeDigester();
  await to.write(index, passing(await from.read(index), digester));
  const sent = digester.finish();
  const taken = await digestTree(await to.read(index));
  if (taken.digest !== sent.digest) throw new Error(`${what} is not the same as what was sent`);
  return sent;
}

async function* passing(
  archive: AsyncIterable<Uint8Array>,
  digester: TreeDigester,
): AsyncGenerator<Uint8Array, void> {
  for await (const piece of archive) {
    digester.push(piece);
    yield piece;
  }
}

async function volumesOf(source: Side, { container }: Cargo): Promise<Volume[]> {
  const names = container.Mounts.filter(({ Type }) => Type === 'volume').map(({ Name }) => Name ?? '');
  const volumes: Volume[] = [];
  for (const name of new Set(names)) {
    const volume = await tryGet<Volume>(source, volumePath(name));
    if (volume === undefined) throw new Error(`${source.name} has no volume ${name}`);
    volumes.push(volume);
  }
  return volumes;
}

async function createVolumes(target: Side, volumes: readonly Volume[]): Promise<VolumeCarrier> {
  for (const { Name, Driver, Options, Labels } of volumes) {
    const json = { Name, Driver, DriverOpts: Options, Labels };
    await target.client.call({ method: 'POST', path: '/volumes/create', json });
  }
  return openVolumes(target, volumes);
}
