import { EngineError } from '#base';
import type { Builder, BuiltImage, Measure, OwnSteps } from '#engine/builder';
import type { Images } from '#engine/images';
import { encodeTar, formatReference, parseReference, withDefaultTag } from '#oci';
import type { SolveRequest } from '../messages/control.ts';
import { credentialsOf } from '../session-calls.ts';
import type { ClientSession } from '../sessions.ts';
import { archiveBytes } from './archive-bytes.ts';
import { sendFile } from './send-file.ts';
import { sendFiles } from './send-files.ts';

export interface ExportParts {
  readonly builder: Builder;
  readonly images: Pick<Images, 'manifestOf' | 'push' | 'save'>;
}

/** One result on its way to where its client wants it. */
export interface Export {
  readonly image: BuiltImage;
  readonly attributes: Readonly<Record<string, string>>;
  /** What the client calls the place. */
  readonly id: string;
  readonly session: () => Promise<ClientSession>;
  readonly signal: AbortSignal;
  readonly measure: Measure;
}

type Told = Readonly<Record<string, string>>;
interface Exporter {
  /** What progress calls it. */
  readonly name: string;
  readonly send: (parts: ExportParts, wish: Export) => Promise<Told>;
}

const exporters: Readonly<Record<string, Exporter>> = {
  moby: { name: 'exporting to image', send: keepImage },
  image: { name: 'exporting to image', send: keepImage },
  docker: { name: 'exporting to docker image format', send: sendArchive },
  oci: { name: 'exporting to oci image format', send: sendArchive },
  tar: { name: 'exporting to client tarball', send: sendTar },
  local: { name: 'exporting to client directory', send: sendTree },
};

/** Keeps what was built where the client wants it. @returns what the client is told of it */
export async function exportImage(
  parts: ExportParts,
  request: Pick<SolveRequest, 'Exporters' | 'ExporterDeprecated' | 'ExporterAttrsDeprecated'>,
  result: Omit<Export, 'attributes' | 'id' | 'measure'>,
  steps: OwnSteps,
): Promise<Told> {
  const { Exporters, ExporterDeprecated, ExporterAttrsDeprecated } = request;
  const old = { Type: ExporterDeprecated, Attrs: ExporterAttrsDeprecated, ID: '' };
  const wishes = Exporters.length > 0 ? Exporters : [old];
  const told: Told[] = [];
  for (const [index, { Type, Attrs, ID }] of wishes.entries()) {
    if (Type === '' || Type === 'cacheonly') continue;
    const exporter = exporters[Type];
    if (exporter === undefined) {
      throw new EngineError('notFound', `exporter ${JSON.stringify(Type)} could not be found`);
    }
    const wish = { ...result, attributes: Attrs, id: ID || String(index) };
    const send = (measure: Measure) => exporter.send(parts, { ...wish, measure });
    told.push(await steps.run(exporter.name, send));
  }
  return Object.assign({}, ...told);
}

const isTrue = (text: string | undefined) => text === 'true' || text === '1';

/** @throws EngineError notImplemented, for what would change the image and can't be had */
function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    const isOther =
      name.startsWith('annotation') ||
      (name === 'push-by-digest' && isTrue(value)) ||
      (name === 'compression' && value !== 'gzip' && value !== 'uncompressed');
    if (isOther) throw new EngineError('notImplemented', `exporter option ${name}=${value} is not supported`);
  }
}

async function keepImage({ builder, images }: ExportParts, wish: Export): Promise<Told> {
  const { image, attributes, measure } = wish;
  checkAttributes(attributes);
  const names = (attributes.name ?? '').split(',').filter(Boolean);
  const id = await builder.keep(image, names);
  measure(`writing image ${id}`, 0, 0, true);
  for (const name of names) {
    measure(`naming to ${formatReference(withDefaultTag(parseReference(name)))}`, 0, 0, true);
  }
  if (isTrue(attributes.push)) for (const name of names) await pushImage(images, name, wish);
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

async function sendTar(_: ExportParts, { image, session, id, signal, measure }: Export): Promise<Told> {
  const onBytes = (count: number) => measure('sending tarball', count);
  await sendFile(await session(), { id, bytes: encodeTar(image.files(signal)), onBytes }, signal);
  return {};
}

async function sendTree(_: ExportParts, { image, session, id, signal, measure }: Export): Promise<Told> {
  await using root = await image.openRoot();
  const onBytes = (count: number) => measure('copying files', count);
  await sendFiles(await session(), { id, root: root.path, onBytes }, signal);
  return {};
}

async function pushImage(
  images: ExportParts['images'],
  name: string,
  { session, signal, measure }: Export,
): Promise<void> {
  const auth = await credentialsOf(await session(), name, signal);
  const { domain, path, tag = 'latest' } = parseReference(name);
  const request = { repository: `${domain}/${path}`, tag, ...(auth !== undefined && { auth }) };
  await images.push(request, () => {}, signal);
  measure(`pushing ${name}`, 0, 0, true);
}

/** As `docker save` gives it, which is an OCI layout too. */
async function sendArchive(parts: ExportParts, wish: Export): Promise<Told> {
  const told = await keepImage(parts, wish);
  const names = told['image.name']?.split(',') ?? [];
  const id = told['containerimage.config.digest'] ?? '';
  using archive = parts.images.save(names.length > 0 ? names : [id], []);
  const onBytes = (count: number) => wish.measure('sending tarball', count);
  await sendFile(await wish.session(), { id: wish.id, bytes: archiveBytes(archive), onBytes }, wish.signal);
  return told;
}
