import { type DiffId, type Digest, errorMessage } from '#base';
import type { ImageRecords } from '../image-records.ts';
import { familiarText } from '../names.ts';
import type { CheckOptions } from '../types.ts';
import type { CheckFinding, CheckReport } from '../views.ts';
import { checkBlob } from './check-blob.ts';
import type { CheckContext } from './context.ts';
import { repairDocument } from './repair-document.ts';
import { repairLayer } from './repair-layer.ts';

/** What one image or another stands on. */
type Part =
  | { readonly kind: 'document' | 'form'; readonly digest: Digest }
  | { readonly kind: 'layer'; readonly digest: DiffId };

/**
 * Reads every document, layer and kept form of all images, and compares each with its digest; with `repair` set,
 * brings what is damaged or missing anew from where it came. Images may come and go meanwhile.
 */
export async function checkImages(
  context: CheckContext,
  { repair, onProgress }: CheckOptions,
  signal: AbortSignal,
): Promise<CheckReport> {
  const parts = partsOf(context);
  const findings: CheckFinding[] = [];
  for (const [index, part] of parts.entries()) {
    signal.throwIfAborted();
    onProgress?.({ digest: part.digest, done: index, total: parts.length });
    const finding = await checkPart(context, part, repair, signal);
    if (finding !== undefined) findings.push(finding);
  }
  const count = (kind: Part['kind']) => parts.filter((part) => part.kind === kind).length;
  return { layers: count('layer'), documents: count('document') + count('form'), findings };
}

/** Documents first: they say where layers are to be got from. */
function partsOf({ records, forms }: CheckContext): Part[] {
  const layers = new Set(records.all().flatMap(({ config }) => config.rootfs.diff_ids));
  return [
    ...records.documents().map((digest): Part => ({ kind: 'document', digest })),
    ...forms.keptBlobs().map((digest): Part => ({ kind: 'form', digest })),
    ...[...layers].map((digest): Part => ({ kind: 'layer', digest })),
  ];
}

async function checkPart(
  context: CheckContext,
  part: Part,
  repair: boolean,
  signal: AbortSignal,
): Promise<CheckFinding | undefined> {
  const { layers, content } = context;
  using _held = layers.hold(part.kind === 'layer' ? [part.digest] : []);
  const problem =
    part.kind === 'layer'
      ? await layers.check(part.digest, repair)
      : await checkBlob(content, part.digest, signal);
  const images = namesOf(context, part);
  // What nobody needs any more was removed meanwhile.
  if (problem === 'sound' || images.length === 0) return undefined;
  const where = { kind: part.kind, digest: part.digest, images };
  if (problem === 'index made anew') return { ...where, problem: 'index damaged', repaired: true };
  const finding = { ...where, problem };
  if (!repair) return { ...finding, repaired: false };
  try {
    await repairPart(context, part, signal);
    return { ...finding, repaired: true };
  } catch (error) {
    signal.throwIfAborted();
    return { ...finding, repaired: false, reason: errorMessage(error) };
  }
}

async function repairPart(context: CheckContext, part: Part, signal: AbortSignal): Promise<void> {
  if (part.kind === 'layer') await repairLayer(context, part.digest, signal);
  else if (part.kind === 'document') await repairDocument(context, part.digest, signal);
  else await dropForm(context, part.digest);
}

/** The layer is here all the same; its form will be made anew when it is asked for. */
async function dropForm({ forms, content }: CheckContext, digest: Digest): Promise<void> {
  forms.drop(digest);
  await content.delete(digest);
}

/** The images that need a part: a name of each, or its ID. */
function namesOf({ records, forms }: CheckContext, { kind, digest }: Part): string[] {
  const layer = kind === 'form' ? forms.layerOf(digest) : digest;
  const ids = kind === 'document' ? records.imagesWith(digest) : imagesOn(records, layer);
  return ids.map((id) => records.names(id).map(familiarText)[0] ?? id);
}

function imagesOn(records: ImageRecords, layer: Digest | undefined): Digest[] {
  const standing = records
    .all()
    .filter(({ config }) => config.rootfs.diff_ids.some((diffId) => diffId === layer));
  return standing.map(({ id }) => id);
}
