import type { Volume } from '#api';
import type { Listing, Row } from '../format/rows.ts';
import { decimalSize } from '../format/size.ts';
import { joinLabels } from '../format/text.ts';

export const volumeListing: Listing = {
  typeName: '*formatter.volumeContext',
  headers: {
    Name: 'VOLUME NAME',
    Driver: 'DRIVER',
    Scope: 'SCOPE',
    Mountpoint: 'MOUNTPOINT',
    Labels: 'LABELS',
    Links: 'LINKS',
    Size: 'SIZE',
    Group: 'GROUP',
    Availability: 'AVAILABILITY',
    Status: 'STATUS',
  },
};

const none = 'N/A';

/** A volume's fields for `volume ls`; how much it is used is known only where the daemon has counted. */
export function volumeRow(volume: Volume): Row {
  const usage = volume.UsageData;
  return {
    Name: volume.Name,
    Driver: volume.Driver,
    Scope: volume.Scope,
    Mountpoint: volume.Mountpoint,
    Labels: () => joinLabels(volume.Labels),
    Label: (name) => volume.Labels?.[String(name)] ?? '',
    Links: usage === undefined || usage === null ? none : String(usage.RefCount),
    Size: usage === undefined || usage === null ? none : decimalSize(usage.Size),
    Group: none,
    Availability: none,
    Status: none,
  };
}
