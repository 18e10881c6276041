import { type Digest, EngineError, formatTimestamp, nowNs } from '#base';
import {
  encodeTar,
  familiarName,
  hostPlatform,
  type ImageConfig,
  type ImageConfigFile,
  type ImageHistoryEntry,
  type Platform,
  parseReference,
  withDefaultTag,
} from '#oci';
import type { LayerIngest, LayerRecord, Layers } from '#store/snapshots';
import type { ImageName, ImageRecord } from '../image-records.ts';
import type { Intake } from '../intake.ts';
import { nameOf } from '../names.ts';

export interface MakeContext {
  readonly layers: Layers;
  readonly intake: Intake;
}

/** What a new image is made of, beside the tar of its one new layer. */
export interface ImagePlan {
  /** Absent: the new layer is all there is. */
  readonly parent?: ImageRecord;
  readonly config: ImageConfig;
  readonly author: string;
  /** The new layer's step in the history. */
  readonly step: Pick<ImageHistoryEntry, 'created_by' | 'comment'>;
  /** Absent: the parent's, or this machine's. */
  readonly platform?: Platform | undefined;
  readonly names: readonly ImageName[];
  /** Whether the new layer and the parent's become one. */
  readonly squash?: boolean;
}

/**
 * Makes an image of a layer that comes as a tar, compressed or not. All of it is kept or, when it fails or is
 * killed on the way, nothing.
 * @throws EngineError invalid, for what is no tar
 */
export async function makeImage(
  { layers, intake }: MakeContext,
  plan: ImagePlan,
  tar: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Digest> {
  const { parent } = plan;
  try {
    using _parents = layers.hold(parent?.config.rootfs.diff_ids ?? []);
    await using ingest = await layers.ingest({}, signal);
    const layer = await fill(ingest, tar);
    const register = (image: ImageConfigFile) => {
      const config = Buffer.from(JSON.stringify(image));
      return intake.register({ config, documents: [], names: plan.names });
    };
    if (!plan.squash) return await register(describeImage(plan, layer));
    await using squashed = await layers.ingest({}, signal);
    const stack = [...(parent?.config.rootfs.diff_ids ?? []), layer.diffId];
    const only = await fill(squashed, encodeTar(layers.flatten(stack, signal)));
    return await register(squashImage(describeImage(plan, layer), only));
  } finally {
    await intake.discard();
  }
}

async function fill(ingest: LayerIngest, tar: AsyncIterable<Uint8Array>): Promise<LayerRecord> {
  for await (const piece of tar) await ingest.write(piece);
  return ingest.finish();
}

/** Two empty blocks: a tar without members. */
const emptyTarBytes = 1024;

function describeImage({ parent, config, author, step, platform }: ImagePlan, layer: LayerRecord) {
  const created = formatTimestamp(nowNs());
  const isEmpty = layer.tarBytes <= emptyTarBytes && parent !== undefined;
  const below = parent?.config;
  const entry: ImageHistoryEntry = {
    created,
    ...(author !== '' && { author }),
    ...step,
    ...(isEmpty && { empty_layer: true }),
  };
  const diffIds = [...(below?.rootfs.diff_ids ?? []), ...(isEmpty ? [] : [layer.diffId])];
  return {
    ...platformOf(platform, below),
    created,
    ...(author !== '' && { author }),
    config,
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: [...(below?.history ?? []), entry],
  } satisfies ImageConfigFile;
}

/** The same image of one layer, which the last step of its history has made. */
function squashImage({ history = [], ...image }: ImageConfigFile, { diffId }: LayerRecord): ImageConfigFile {
  const steps = history.map(({ empty_layer: _, ...step }, index) =>
    index === history.length - 1 ? step : { ...step, empty_layer: true },
  );
  return { ...image, rootfs: { type: 'layers', diff_ids: [diffId] }, history: steps };
}

function platformOf(asked: Platform | undefined, below: ImageConfigFile | undefined) {
  const { os, architecture, variant } = asked ?? below ?? hostPlatform();
  const version = asked === undefined ? below?.['os.version'] : undefined;
  return {
    os,
    architecture,
    ...(variant !== undefined && { variant }),
    ...(version !== undefined && { 'os.version': version }),
  };
}

/** The name that a new image is to have. @throws EngineError invalid */
export function newName(text: string): ImageName {
  const reference = withDefaultTag(parseReference(text));
  if (reference.digest !== undefined) throw new EngineError('invalid', 'cannot import digest reference');
  if (familiarName(reference) === 'sha256') {
    const refusal = 'refusing to create an ambiguous tag using digest algorithm as name';
    throw new EngineError('invalid', refusal);
  }
  return nameOf(reference);
}
