import { isAbsolute } from 'node:path';
import { type Decoder, schema } from '#api';
import { EngineError, parseTimestamp } from '#base';
import type {
  DriverRequest,
  DriverVolume,
  MountUse,
  UnmountUse,
  VolumeDriver,
  VolumeScope,
} from '../types.ts';
import { askPlugin, boundReason } from './ask-plugin.ts';
import type { PluginAddress } from './find-plugin.ts';

const { text, list, struct, omittable } = schema;

const anyObject: Decoder<Readonly<Record<string, unknown>>> = {
  typeName: 'map[string]interface {}',
  zero: () => ({}),
  read: (value) => Object.fromEntries(Object.entries(Object(value))),
};

const volume = struct('Volume', {
  Name: text,
  Mountpoint: text,
  CreatedAt: text,
  Status: omittable(anyObject),
});
const done = struct('Response', { Err: text });
const placed = struct('Response', { Err: text, Mountpoint: text });
const found = struct('Response', { Err: text, Volume: omittable(volume) });
const listed = struct('Response', { Err: text, Volumes: list(volume) });

/** Of volumes in lists: nothing that a terminal would obey. */
const isShown = /^\P{Control}+$/u;

/** What changes something may take its time. */
const longMs = 120_000;
const shortMs = 60_000;

/** A driver in another program, asked by the volume calls of Docker's plugin protocol. */
export class PluginDriver implements VolumeDriver {
  readonly name: string;
  readonly scope: VolumeScope;
  readonly #address: PluginAddress;

  constructor(name: string, address: PluginAddress, scope: VolumeScope) {
    this.name = name;
    this.#address = address;
    this.scope = scope;
  }

  async create({ name, options }: DriverRequest): Promise<void> {
    if (await this.get({ name })) return;
    await this.#ask('Create', { Name: name, Opts: options }, done, longMs, 'invalid');
  }

  async remove({ name }: DriverRequest): Promise<void> {
    if (await this.get({ name })) await this.#ask('Remove', { Name: name }, done, longMs);
  }

  /** A refusal means that there is none: the protocol has no other word for it. */
  async get({ name }: Pick<DriverRequest, 'name'>): Promise<DriverVolume | undefined> {
    try {
      const { Volume } = await this.#ask('Get', { Name: name }, found, shortMs, 'notFound');
      return Volume && decodeVolume({ ...Volume, Name: name });
    } catch (error) {
      if (error instanceof EngineError && error.kind === 'notFound') return undefined;
      throw error;
    }
  }

  async list(): Promise<readonly DriverVolume[]> {
    const { Volumes } = await this.#ask('List', {}, listed, shortMs);
    return (Volumes ?? []).filter(({ Name }) => isShown.test(Name)).map(decodeVolume);
  }

  isAlwaysThere(): boolean {
    return false;
  }

  async mount({ name }: DriverRequest, { user, isNew }: MountUse): Promise<string> {
    const { Mountpoint } = isNew
      ? await this.#ask('Mount', { Name: name, ID: user }, placed, longMs)
      : await this.#ask('Path', { Name: name }, placed, shortMs);
    if (isAbsolute(Mountpoint)) return Mountpoint;
    throw new EngineError('internal', `the plugin ${this.name} tells no path of volume ${name}`);
  }

  async unmount({ name }: DriverRequest, { user }: UnmountUse): Promise<void> {
    await this.#ask('Unmount', { Name: name, ID: user }, done, shortMs);
  }

  async #ask<T extends { readonly Err: string }>(
    verb: string,
    request: unknown,
    answer: Decoder<T>,
    timeoutMs: number,
    refusal: 'internal' | 'invalid' | 'notFound' = 'internal',
  ): Promise<T> {
    const method = `VolumeDriver.${verb}`;
    const got = await askPlugin(this.#address, { method, request, answer, timeoutMs, refusal });
    if (got.Err !== '') throw new EngineError(refusal, boundReason(got.Err));
    return got;
  }
}

/** A time that makes no sense is as good as none. */
function tryParseTime(text: string): bigint | undefined {
  try {
    return parseTimestamp(text) || undefined;
  } catch {
    return undefined;
  }
}

function decodeVolume({
  Name,
  Mountpoint,
  CreatedAt,
  Status,
}: schema.DecodedBy<typeof volume>): DriverVolume {
  const createdNs = tryParseTime(CreatedAt);
  return {
    name: Name,
    mountpoint: isAbsolute(Mountpoint) ? Mountpoint : '',
    ...(createdNs !== undefined && { createdNs }),
    ...(Status !== undefined && { status: Status }),
  };
}
