import type { Mount } from '#api';
import { parseSize } from '../../format/size.ts';
import { parseCsv } from './csv.ts';

/** A mount while it is being read; the groups of options appear with their first key. */
type Draft = {
  -readonly [K in keyof Mount]: Mount[K] extends object | undefined ? Record<string, unknown> : Mount[K];
} & { Type: string; Target: string };

type Setter = (draft: Draft, value: string) => void;

/** An option of one type of mount: which group it belongs to, its name there, and how it is read. */
function option(group: keyof Draft, name: string, read: (value: string, key: string) => unknown): Setter {
  return (draft, value) => {
    const entries = draft as unknown as Record<string, Record<string, unknown>>;
    entries[group] = { ...entries[group], [name]: read(value, name) };
  };
}

const asText = (value: string) => value;

/** What each key of `--mount` sets; keys are in lower case. */
const setters: Readonly<Record<string, Setter>> = {
  type: (draft, value) => {
    draft.Type = value.toLowerCase();
  },
  source: setSource,
  src: setSource,
  target: setTarget,
  dst: setTarget,
  destination: setTarget,
  readonly: (draft, value) => setReadOnly(draft, 'readonly', value),
  ro: (draft, value) => setReadOnly(draft, 'ro', value),
  consistency: (draft, value) => {
    draft.Consistency = value.toLowerCase();
  },
  'bind-propagation': option('BindOptions', 'Propagation', (value) => value.toLowerCase()),
  'bind-nonrecursive': option('BindOptions', 'NonRecursive', (value) => readBool('bind-nonrecursive', value)),
  'bind-recursive': setRecursive,
  'volume-subpath': option('VolumeOptions', 'Subpath', asText),
  'volume-nocopy': option('VolumeOptions', 'NoCopy', (value) => readBool('volume-nocopy', value)),
  'volume-label': (draft, value) => addPair(draft, 'Labels', value),
  'volume-driver': (draft, value) => setDriver(draft, { Name: value }),
  'volume-opt': (draft, value) => addDriverOption(draft, value),
  'image-subpath': option('ImageOptions', 'Subpath', asText),
  'tmpfs-size': option('TmpfsOptions', 'SizeBytes', (value) => readSize('tmpfs-size', value)),
  'tmpfs-mode': option('TmpfsOptions', 'Mode', readMode),
};

/** Keys that may stand alone and then mean true. */
const switches = new Set(['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive']);
const optionTypes = {
  BindOptions: 'bind',
  VolumeOptions: 'volume',
  ImageOptions: 'image',
  TmpfsOptions: 'tmpfs',
};

/** The value of `--mount`: `type=bind,source=…,target=…`. @throws Error with the stock client's words */
export function parseMount(text: string): Mount {
  if (text === '') throw new Error('EOF');
  const draft: Draft = { Type: 'volume', Target: '' };
  for (const field of parseCsv(text)) {
    const [rawKey = '', value] = splitField(field);
    const key = rawKey.toLowerCase();
    if (value === undefined && !switches.has(key))
      throw new Error(`invalid field '${field}' must be a key=value pair`);
    const set = setters[key];
    if (set === undefined) throw new Error(`unexpected key '${key}' in '${field}'`);
    set(draft, value ?? 'true');
  }
  checkMount(draft);
  return draft as unknown as Mount;
}

function checkMount(draft: Draft): void {
  if (draft.Type === '') throw new Error('type is required');
  if (draft.Target === '') throw new Error('target is required');
  checkRecursive(draft);
  for (const [group, type] of Object.entries(optionTypes)) {
    if (group in draft && draft.Type !== type) {
      throw new Error(`cannot mix '${type}-*' options with mount type '${draft.Type}'`);
    }
  }
}

function checkRecursive(draft: Draft): void {
  if (!draft.BindOptions?.ReadOnlyForceRecursive) return;
  const needs = (what: string) =>
    `option 'bind-recursive=readonly' requires '${what}' to be specified in conjunction`;
  if (!draft.ReadOnly) throw new Error(needs('readonly'));
  if (draft.BindOptions.Propagation !== 'rprivate') throw new Error(needs('bind-propagation=rprivate'));
}

function splitField(field: string): [string, string | undefined] {
  const equals = field.indexOf('=');
  return equals < 0 ? [field, undefined] : [field.slice(0, equals), field.slice(equals + 1)];
}

function setSource(draft: Draft, value: string): void {
  draft.Source = value;
}

function setTarget(draft: Draft, value: string): void {
  draft.Target = value;
}

function setReadOnly(draft: Draft, key: string, value: string): void {
  if (readBool(key, value)) draft.ReadOnly = true;
  else delete draft.ReadOnly;
}

function setRecursive(draft: Draft, value: string): void {
  const choices: Record<string, Record<string, boolean>> = {
    enabled: {},
    disabled: { NonRecursive: true },
    writable: { ReadOnlyNonRecursive: true },
    readonly: { ReadOnlyForceRecursive: true },
  };
  const choice = choices[value];
  if (choice === undefined) {
    throw new Error(
      `invalid value for bind-recursive: ${value} (must be "enabled", "disabled", "writable", or "readonly")`,
    );
  }
  draft.BindOptions = { ...draft.BindOptions, ...choice };
}

function addPair(draft: Draft, name: string, value: string): void {
  const [key, content = ''] = splitField(value);
  const options = draft.VolumeOptions ?? {};
  draft.VolumeOptions = { ...options, [name]: { ...(options[name] as object | undefined), [key]: content } };
}

function setDriver(draft: Draft, part: object): void {
  const driver = draft.VolumeOptions?.DriverConfig as object | undefined;
  draft.VolumeOptions = { ...draft.VolumeOptions, DriverConfig: { ...driver, ...part } };
}

function addDriverOption(draft: Draft, value: string): void {
  const [key, content = ''] = splitField(value);
  const driver = draft.VolumeOptions?.DriverConfig as { Options?: object } | undefined;
  setDriver(draft, { Options: { ...driver?.Options, [key]: content } });
}

function readBool(key: string, value: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false;
  throw new Error(`invalid value for ${key}: ${value}`);
}

function readSize(key: string, value: string): number {
  try {
    return parseSize(value);
  } catch {
    throw new Error(`invalid value for ${key}: ${value}`);
  }
}

function readMode(value: string): number {
  if (!/^[0-7]+$/.test(value)) throw new Error(`invalid value for tmpfs-mode: ${value}`);
  return Number.parseInt(value, 8);
}

/** The mount with its source as the daemon understands it. */
export function mountFrom(directory: string, mount: Mount): Mount {
  return mount.Source === undefined ? mount : { ...mount, Source: sourceFrom(directory, mount.Source) };
}

/** What to mount: a relative path when it begins with a dot, and then one from `directory`, else a volume's name. */
export function sourceFrom(directory: string, source: string): string {
  if (!source.startsWith('.')) return source;
  const parts: string[] = [];
  for (const part of `${directory}/${source}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
