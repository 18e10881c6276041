import { EngineError } from '#base';
import type { Builder, BuiltImage } from '#engine/builder';
import type { Images } from '#engine/images';
import { encodeTar } from '#oci';
import type { SolveRequest } from '../messages/control.ts';
import type { ClientSession } from '../sessions.ts';
import { archiveBytes } from './archive-bytes.ts';
import { sendFile } from './send-file.ts';
import { sendFiles } from './send-files.ts';

export interface ExportParts {
  readonly builder: Builder;
  readonly images: Pick<Images, 'manifestOf' | 'remove' | 'save'>;
}

/** One result on its way to where its client wants it. */
export interface Export {
  readonly image: BuiltImage;
  readonly attributes: Readonly<Record<string, string>>;
  /** What the client calls the place. */
  readonly id: string;
  readonly session: () => Promise<ClientSession>;
  readonly signal: AbortSignal;
}

type Told = Readonly<Record<string, string>>;
type Exporter = (parts: ExportParts, wish: Export) => Promise<Told>;

const exporters: Readonly<Record<string, Exporter>> = {
  '': async () => ({}),
  cacheonly: async () => ({}),
  moby: keepImage,
  image: keepImage,
  docker: sendArchive,
  oci: sendArchive,
  tar: async (_, { image, session, id, signal }) => {
    await sendFile(await session(), { id, bytes: encodeTar(image.files(signal)) }, signal);
    return {};
  },
  local: async (_, { image, session, id, signal }) => {
    await using root = await image.openRoot();
    await sendFiles(await session(), { id, root: root.path }, signal);
    return {};
  },
};

/** Keeps what was built where the client wants it. @returns what the client is told of it */
export async function exportImage(
  parts: ExportParts,
  request: Pick<SolveRequest, 'Exporters' | 'ExporterDeprecated' | 'ExporterAttrsDeprecated'>,
  result: Omit<Export, 'attributes' | 'id'>,
): Promise<Told> {
  const { Exporters, ExporterDeprecated, ExporterAttrsDeprecated } = request;
  const old = { Type: ExporterDeprecated, Attrs: ExporterAttrsDeprecated, ID: '' };
  const wishes = Exporters.length > 0 ? Exporters : [old];
  const told: Told[] = [];
  for (const [index, { Type, Attrs, ID }] of wishes.entries()) {
    const exporter = exporters[Type];
    if (exporter === undefined) {
      throw new EngineError('notFound', `exporter ${JSON.stringify(Type)} could not be found`);
    }
    told.push(await exporter(parts, { ...result, attributes: Attrs, id: ID || String(index) }));
  }
  return Object.assign({}, ...told);
}

async function keepImage({ builder, images }: ExportParts, { image, attributes }: Export): Promise<Told> {
  const names = (attributes.name ?? '').split(',').filter(Boolean);
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

/** As `docker save` gives it, which is an OCI layout too. */
async function sendArchive(parts: ExportParts, wish: Export): Promise<Told> {
  const told = await keepImage(parts, wish);
  const names = told['image.name']?.split(',') ?? [];
  const id = told['containerimage.config.digest'] ?? '';
  using archive = parts.images.save(names.length > 0 ? names : [id], []);
  await sendFile(await wish.session(), { id: wish.id, bytes: archiveBytes(archive) }, wish.signal);
  return told;
}
