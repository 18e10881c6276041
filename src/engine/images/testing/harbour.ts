import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type DiffId, type Digest, digestOf } from '#base';
import type { RegistryClient } from '#registry';
import { Compressors, type ContentStore, openContent } from '#store/content';
import { type Metadata, openMetadata } from '#store/metadata';
import type { Layers } from '#store/snapshots';
import { LayerForms } from '../forms/layer-forms.ts';
import { type ImageName, ImageRecords } from '../image-records.ts';
import { Intake } from '../intake.ts';
import { openImages } from '../open-images.ts';
import type { Images, ImageUser, WaterMarks } from '../types.ts';

/** Every layer is there and has ten bytes. */
const tenByteLayers: Layers = {
  get: (diffId) => ({ diffId, sizeBytes: 10, tarBytes: 1024 }),
  ingest: () => Promise.reject(new Error('not in this test')),
  hold: () => ({ [Symbol.dispose]() {} }),
  use() {},
  release() {},
  owners: () => [],
  collect: async () => [],
  check: async () => 'sound',
  compare: async () => [],
  async *flatten() {},
  diskBytes: async () => 0,
  tarPath: () => '',
};

const noRegistry: RegistryClient = {
  open: () => Promise.reject(new Error('not in this test')),
  resolve: () => Promise.reject(new Error('not in this test')),
  repository: () => {
    throw new Error('not in this test');
  },
  ownAuth: () => undefined,
  logIn: () => Promise.reject(new Error('not in this test')),
  search: () => Promise.reject(new Error('not in this test')),
  setPolicy() {},
  close() {},
};

/** How many images the disk of a harbour has room for. */
export const diskImages = 10;

export interface Given {
  readonly names?: readonly string[];
  readonly layers?: readonly string[];
  readonly created?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly digestName?: string;
  readonly architecture?: string;
}

/** The room over a database in memory, a folder of documents, and layers that are always there. */
export interface Harbour {
  readonly images: Images;
  readonly records: ImageRecords;
  readonly intake: Intake;
  readonly content: ContentStore;
  readonly forms: LayerForms;
  readonly metadata: Metadata;
  /** The containers of every image. */
  readonly users: ImageUser[];
  /** May be changed. */
  readonly policy: { keep: readonly string[]; waterMarks?: WaterMarks };
  /** Actions of events. */
  readonly facts: string[];
  /** Adds an image as an archive brings it, without a manifest. */
  add(given: Given): Promise<Digest>;
}

/** For the top of a test file: what makes its rooms, whose files go when the file's tests have ended. */
export function harbours(): () => Harbour {
  const scratch = mkdtempSync(join(tmpdir(), 'wharf-test-images-'));
  after(() => rmSync(scratch, { recursive: true, force: true }));
  return () => openHarbour(mkdtempSync(join(scratch, 'content-')));
}

function openHarbour(folder: string): Harbour {
  const metadata = openMetadata(':memory:');
  const content = openContent(folder);
  const users: ImageUser[] = [];
  const policy: Harbour['policy'] = { keep: [] };
  const facts: string[] = [];
  const images: Images = openImages({
    metadata,
    content,
    layers: tenByteLayers,
    registry: noRegistry,
    partialFolder: `${folder}-partial`,
    concurrentDownloads: () => 3,
    concurrentUploads: () => 5,
    compressors: new Compressors(),
    pushCompression: () => 'gzip',
    driver: 'erofs',
    policy: () => policy,
    measureDisk: async () => ({ usedBytes: images.count(), availableBytes: diskImages - images.count() }),
    publish: ({ action }) => facts.push(action),
    usersOf: () => users,
  });
  const records = new ImageRecords(metadata, content, tenByteLayers);
  const forms = new LayerForms(metadata);
  const intake = new Intake({ records, content, layers: tenByteLayers, forms });
  return {
    images,
    records,
    intake,
    content,
    forms,
    metadata,
    users,
    policy,
    facts,
    add(given) {
      const names = [...(given.names ?? []).map(tagName), ...digestNames(given)];
      return intake.register({ config: encodeConfig(given), documents: [], names });
    },
  };
}

/** An image's config document. */
export function encodeConfig({ layers = ['one'], created, labels, architecture = 'amd64' }: Given): Buffer {
  const config = {
    created,
    config: { Labels: labels },
    architecture,
    rootfs: { diff_ids: layers.map(diffIdOf) },
    history: [{ created_by: 'first' }, { created_by: 'meta', empty_layer: true }],
  };
  return Buffer.from(JSON.stringify(config));
}

/** `boat:1` as records have it. */
export function tagName(name: string): ImageName {
  const [path, value = 'latest'] = name.split(':');
  return { repository: `docker.io/library/${path}`, kind: 'tag', value };
}

function digestNames({ digestName }: Given): ImageName[] {
  if (digestName === undefined) return [];
  return [{ repository: `docker.io/library/${digestName}`, kind: 'digest', value: digestOf(digestName) }];
}

export function diffIdOf(name: string): DiffId {
  return digestOf(name) as DiffId;
}
