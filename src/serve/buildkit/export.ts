import { EngineError } from '#base';
import type { Builder, BuiltImage } from '#engine/builder';
import type { Images } from '#engine/images';
import type { SolveRequest } from './messages/control.ts';

/** Keeps what was built where the client wants it. @returns what the client is told of it */
export async function exportImage(
  { builder, images }: { readonly builder: Builder; readonly images: Pick<Images, 'manifestOf'> },
  { Exporters, ExporterDeprecated, ExporterAttrsDeprecated }: SolveRequest,
  built: readonly BuiltImage[],
): Promise<Readonly<Record<string, string>>> {
  const [wish] =
    Exporters.length > 0 ? Exporters : [{ Type: ExporterDeprecated, Attrs: ExporterAttrsDeprecated }];
  const [image] = built;
  if (wish === undefined || wish.Type === '' || wish.Type === 'cacheonly' || image === undefined) return {};
  if (wish.Type !== 'moby' && wish.Type !== 'image') {
    throw new EngineError('notImplemented', `exporter ${JSON.stringify(wish.Type)} is not supported`);
  }
  const names = (wish.Attrs.name ?? '').split(',').filter(Boolean);
  const id = await builder.keep(image, names);
  const descriptor = images.manifestOf(id);
  return {
    'containerimage.config.digest': id,
    'containerimage.digest': descriptor?.digest ?? id,
    ...(descriptor && {
      'containerimage.descriptor': Buffer.from(JSON.stringify(descriptor)).toString('base64'),
    }),
    ...(names.length > 0 && { 'image.name': names.join(',') }),
  };
}
