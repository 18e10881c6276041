import { type DiffId, EngineError, tryParseDigest } from '#base';
import {
  isRecord,
  optionalNumber,
  optionalSet,
  optionalString,
  optionalStringMap,
  optionalStrings,
  parseRecord,
  type WireRecord,
} from './decode.ts';

/**
 * How a container of an image runs by default, in the standard's own field names (OCI image-spec, config.md,
 * with Docker's further fields). A field that is absent, null or of no meaning in the document is absent here.
 */
export interface ImageConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly StopTimeout?: number;
  readonly ArgsEscaped?: boolean;
  readonly Healthcheck?: ImageHealthcheck;
  readonly OnBuild?: readonly string[];
  readonly Shell?: readonly string[];
}

/** Docker's health check; times are nanoseconds. */
export interface ImageHealthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export interface ImageHistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/** An image's config document; its digest is the image's ID. */
export interface ImageConfigFile {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly created?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly config: ImageConfig;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly DiffId[] };
  readonly history: readonly ImageHistoryEntry[];
}

/** @throws EngineError invalid, for a document that is not the config of a layered image */
export function parseImageConfig(content: Uint8Array | string): ImageConfigFile {
  const record = parseRecord(content, 'image config');
  const history = Array.isArray(record.history) ? record.history : [];
  return {
    os: optionalString(record, 'os') ?? 'linux',
    architecture: optionalString(record, 'architecture') ?? '',
    ...present('variant', optionalString(record, 'variant')),
    ...present('os.version', optionalString(record, 'os.version')),
    ...present('created', optionalString(record, 'created')),
    ...present('author', optionalString(record, 'author')),
    ...present('comment', optionalString(record, 'comment')),
    config: decodeImageConfig(isRecord(record.config) ? record.config : {}),
    rootfs: { type: 'layers', diff_ids: decodeDiffIds(record.rootfs) },
    history: history.filter(isRecord).map(decodeHistory),
  };
}

/** The run configuration alone, as it stands in an image's document. */
export function decodeImageConfig(record: WireRecord): ImageConfig {
  return {
    ...present('User', optionalString(record, 'User')),
    ...present('ExposedPorts', optionalSet(record, 'ExposedPorts')),
    ...present('Env', optionalStrings(record, 'Env')),
    ...present('Entrypoint', optionalStrings(record, 'Entrypoint')),
    ...present('Cmd', optionalStrings(record, 'Cmd')),
    ...present('Volumes', optionalSet(record, 'Volumes')),
    ...present('WorkingDir', optionalString(record, 'WorkingDir')),
    ...present('Labels', optionalStringMap(record, 'Labels')),
    ...present('StopSignal', optionalString(record, 'StopSignal')),
    ...present('StopTimeout', optionalNumber(record, 'StopTimeout')),
    ...(record.ArgsEscaped === true && { ArgsEscaped: true }),
    ...(isRecord(record.Healthcheck) && { Healthcheck: decodeHealthcheck(record.Healthcheck) }),
    ...present('OnBuild', optionalStrings(record, 'OnBuild')),
    ...present('Shell', optionalStrings(record, 'Shell')),
  };
}

function decodeHealthcheck(record: WireRecord): ImageHealthcheck {
  return {
    ...present('Test', optionalStrings(record, 'Test')),
    ...present('Interval', optionalNumber(record, 'Interval')),
    ...present('Timeout', optionalNumber(record, 'Timeout')),
    ...present('StartPeriod', optionalNumber(record, 'StartPeriod')),
    ...present('StartInterval', optionalNumber(record, 'StartInterval')),
    ...present('Retries', optionalNumber(record, 'Retries')),
  };
}

function decodeHistory(record: WireRecord): ImageHistoryEntry {
  return {
    ...present('created', optionalString(record, 'created')),
    ...present('created_by', optionalString(record, 'created_by')),
    ...present('author', optionalString(record, 'author')),
    ...present('comment', optionalString(record, 'comment')),
    ...(record.empty_layer === true && { empty_layer: true }),
  };
}

function decodeDiffIds(rootfs: unknown): DiffId[] {
  const ids = isRecord(rootfs) ? (optionalStrings(rootfs, 'diff_ids') ?? []) : [];
  return ids.map((text) => {
    const digest = tryParseDigest(text);
    if (digest === undefined) throw new EngineError('invalid', `invalid layer diffID: ${text}`);
    return digest as DiffId;
  });
}

function present<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });
}
