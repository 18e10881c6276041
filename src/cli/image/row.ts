import type { ImageSummary } from '#api';
import { humanDuration } from '#base';
import type { Listing, Row } from '../format/rows.ts';
import { decimalSize } from '../format/size.ts';
import { localTime, shortId } from '../format/text.ts';

export const imageListing: Listing = {
  typeName: '*formatter.imageContext',
  headers: {
    ID: 'IMAGE ID',
    Repository: 'REPOSITORY',
    Tag: 'TAG',
    Digest: 'DIGEST',
    CreatedSince: 'CREATED',
    CreatedAt: 'CREATED AT',
    Size: 'SIZE',
    Containers: 'CONTAINERS',
    VirtualSize: 'SIZE',
    SharedSize: 'SHARED SIZE',
    UniqueSize: 'UNIQUE SIZE',
  },
};

const none = '<none>';

interface ImageName {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** One row for each name of an image, or one without a name. */
export function imageRows(image: ImageSummary, full: boolean, digests: boolean): Row[] {
  return namesOf(image, digests).map((name) => imageRow(image, name, full));
}

function imageRow(image: ImageSummary, { repository, tag, digest }: ImageName, full: boolean): Row {
  const size = (bytes: number) => (bytes === -1 ? 'N/A' : decimalSize(bytes));
  return {
    ID: full ? image.Id : shortId(image.Id),
    Repository: repository,
    Tag: tag,
    Digest: digest,
    CreatedSince: () =>
      image.Created === 0 ? 'N/A' : `${humanDuration(Date.now() - image.Created * 1000)} ago`,
    CreatedAt: () => localTime(new Date(image.Created * 1000)),
    Size: () => decimalSize(image.Size, 3),
    Containers: image.Containers === -1 ? 'N/A' : String(image.Containers),
    VirtualSize: () => decimalSize(image.Size),
    SharedSize: () => size(image.SharedSize),
    UniqueSize: () => (image.SharedSize === -1 ? 'N/A' : size(image.Size - image.SharedSize)),
  };
}

/** Tags come first, each with the digests of its repository; repositories in the order they appear. */
function namesOf(image: ImageSummary, digests: boolean): ImageName[] {
  const tags = (image.RepoTags ?? [])
    .filter((name) => name !== '<none>:<none>')
    .map((name) => splitName(name, ':'));
  const stored = (image.RepoDigests ?? [])
    .filter((name) => name !== '<none>@<none>')
    .map((name) => splitName(name, '@'));
  const names: ImageName[] = [];
  for (const repository of new Set([...tags, ...stored].map(([name]) => name))) {
    const own = tags.filter(([name]) => name === repository).map(([, tag]) => tag);
    const ownDigests = stored.filter(([name]) => name === repository).map(([, digest]) => digest);
    if (!digests) {
      names.push(...own.map((tag) => ({ repository, tag, digest: none })));
      if (own.length === 0) names.push({ repository, tag: none, digest: '' });
      continue;
    }
    for (const tag of own.length === 0 ? [none] : own) {
      const shown = ownDigests.length === 0 ? [none] : ownDigests;
      names.push(...shown.map((digest) => ({ repository, tag, digest })));
    }
  }
  return names.length === 0 ? [{ repository: none, tag: none, digest: none }] : names;
}

function splitName(name: string, separator: string): [string, string] {
  const at = name.lastIndexOf(separator);
  return [name.slice(0, at), name.slice(at + 1)];
}
