import type { ImageManifestSummary, ImageSummary } from '#api';
import { formatPlatform } from '#oci';
import { encodeFilters } from '../filters.ts';
import { decimalSize } from '../format/size.ts';
import { shortId } from '../format/text.ts';
import type { Session } from '../session.ts';
import { layOutTree, type TreeImage, type TreeLine } from './tree-text.ts';

export interface TreeOptions {
  /** Images without a name too. */
  readonly all: boolean;
  readonly filters: readonly string[];
}

/** Prints images, the newest first, with the platforms that each name stands for. */
export async function printTree(
  { caller, client }: Session,
  { all, filters }: TreeOptions,
): Promise<undefined> {
  const images = await client.json<ImageSummary[]>({
    method: 'GET',
    path: '/images/json',
    query: { all, filters: encodeFilters(filters), manifests: '1' },
  });
  const shown = images
    .filter(({ RepoTags, RepoDigests }) => all || (RepoTags ?? []).length + (RepoDigests ?? []).length > 0)
    .sort((a, b) => b.Created - a.Created)
    .map(treeImage);
  const isTerminal = caller.isTerminal(1);
  const width = caller.terminalSize(1)?.columns ?? usualWidth;
  caller.writeOut(layOutTree(shown, { width, isTerminal }));
}

const usualWidth = 80;

function treeImage({ Id, RepoTags, Size, Containers, Manifests }: ImageSummary): TreeImage {
  const platforms = (Manifests ?? []).filter(({ Kind }) => Kind === 'image');
  const children = platforms.map(platformLine);
  const content = (Manifests ?? []).reduce((total, manifest) => total + manifest.Size.Content, 0);
  return {
    names: RepoTags ?? [],
    id: shortId(Id),
    diskUsage: decimalSize(Size, 3),
    contentSize: decimalSize(content, 3),
    inUse: Containers > 0 || children.some(({ inUse }) => inUse),
    children,
  };
}

function platformLine({ ID, Available, Size, ImageData }: ImageManifestSummary): TreeLine & { name: string } {
  return {
    name: ImageData === undefined ? '' : formatPlatform(ImageData.Platform),
    isFaint: !Available,
    id: shortId(ID),
    diskUsage: decimalSize(Size.Total, 3),
    contentSize: decimalSize(Size.Content, 3),
    inUse: (ImageData?.Containers ?? []).length > 0,
  };
}
