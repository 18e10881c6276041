import type { ContainerSummary } from '#api';
import { humanDuration } from '#base';
import type { Listing, Row } from '../format/rows.ts';
import { decimalSize } from '../format/size.ts';
import { ellipsis, familiarImageName, joinLabels, localTime, shortId } from '../format/text.ts';
import { describePorts } from './ports.ts';

export const containerListing: Listing = {
  typeName: '*formatter.ContainerContext',
  // The stock client reads this listing's template a first time, to see what it must ask for.
  complaints: { parse: 'failed to parse template', execute: 'failed to execute template' },
  headers: {
    ID: 'CONTAINER ID',
    Names: 'NAMES',
    Image: 'IMAGE',
    Command: 'COMMAND',
    CreatedAt: 'CREATED AT',
    RunningFor: 'CREATED',
    Ports: 'PORTS',
    State: 'STATE',
    Status: 'STATUS',
    Size: 'SIZE',
    Labels: 'LABELS',
    Mounts: 'MOUNTS',
    LocalVolumes: 'LOCAL VOLUMES',
    Networks: 'NETWORKS',
    Platform: 'PLATFORM',
  },
};

const commandLength = 20;
const mountLength = 15;

/** A container's fields for `ps`; `full` leaves ids, commands and mounts uncut. */
export function containerRow(container: ContainerSummary, full: boolean): Row {
  const { Labels: labels, Mounts: mounts = [] } = container;
  return {
    ID: full ? container.Id : shortId(container.Id),
    Names: () => describeNames(container.Names, full),
    Image: () => describeImage(container, full),
    Command: () => JSON.stringify(full ? container.Command : ellipsis(container.Command, commandLength)),
    CreatedAt: () => localTime(new Date(container.Created * 1000)),
    RunningFor: () => `${humanDuration(Date.now() - container.Created * 1000)} ago`,
    Ports: () => describePorts(container.Ports),
    State: container.State,
    Status: container.Status,
    Size: () => describeSize(container),
    Labels: () => joinLabels(labels),
    Label: (name) => labels?.[String(name)] ?? '',
    Mounts: () =>
      mounts
        .map((mount) => mount.Name || mount.Source)
        .map((name) => (full ? name : ellipsis(name, mountLength)))
        .join(','),
    LocalVolumes: () => String(mounts.filter((mount) => mount.Driver === 'local').length),
    Networks: () => Object.keys(container.NetworkSettings?.Networks ?? {}).join(','),
    Platform: null,
  };
}

/** Without slashes; a name with a further slash is a link's and shown only in full. */
function describeNames(names: readonly string[], full: boolean): string {
  const plain = names.map((name) => name.replace(/^\//, ''));
  return plain.filter((name) => full || !name.includes('/')).join(',');
}

function describeImage({ Image: image, ImageID: imageId }: ContainerSummary, full: boolean): string {
  if (image === '') return '<no image>';
  if (full) return image;
  return shortId(imageId) === shortId(image) ? shortId(imageId) : familiarImageName(image);
}

function describeSize({ SizeRw: own = 0, SizeRootFs: total = 0 }: ContainerSummary): string {
  const size = decimalSize(own, 3);
  return total > 0 ? `${size} (virtual ${decimalSize(total, 3)})` : size;
}
