import type { Mount } from '#api';
import { parseSize } from '../../format/size.ts';
import { parseCsv } from './csv.ts';

/** What one key of `--mount` makes of what was read so far. */
type Setter = (mount: Mount, value: string) => Mount;

/** The parts of a mount that belong to one type each. */
const groupTypes = {
  BindOptions: 'bind',
  VolumeOptions: 'volume',
  ImageOptions: 'image',
  TmpfsOptions: 'tmpfs',
} as const satisfies Partial<Record<keyof Mount, string>>;
type Group = keyof typeof groupTypes;

/** A key that adds to a group, which appears with its first key. */
function within<G extends Group>(group: G, read: (value: string, mount: Mount) => Mount[G]): Setter {
  return (mount, value) => ({ ...mount, [group]: { ...mount[group], ...read(value, mount) } });
}

const source: Setter = (mount, Source) => ({ ...mount, Source });
const target: Setter = (mount, Target) => ({ ...mount, Target });

/** What each key of `--mount` sets; keys are in lower case. */
const setters: Readonly<Record<string, Setter>> = {
  type: (mount, value) => ({ ...mount, Type: value.toLowerCase() }),
  source,
  src: source,
  target,
  dst: target,
  destination: target,
  readonly: readOnly('readonly'),
  ro: readOnly('ro'),
  consistency: (mount, value) => ({ ...mount, Consistency: value.toLowerCase() }),
  'bind-propagation': within('BindOptions', (value) => ({ Propagation: value.toLowerCase() })),
  'bind-nonrecursive': within('BindOptions', (value) => ({
    NonRecursive: readBool('bind-nonrecursive', value),
  })),
  'bind-recursive': within('BindOptions', readRecursive),
  'volume-subpath': within('VolumeOptions', (Subpath) => ({ Subpath })),
  'volume-nocopy': within('VolumeOptions', (value) => ({ NoCopy: readBool('volume-nocopy', value) })),
  'volume-label': within('VolumeOptions', (value, { VolumeOptions }) => ({
    Labels: { ...VolumeOptions?.Labels, ...readPair(value) },
  })),
  'volume-driver': within('VolumeOptions', (Name, { VolumeOptions }) => ({
    DriverConfig: { ...VolumeOptions?.DriverConfig, Name },
  })),
  'volume-opt': within('VolumeOptions', (value, { VolumeOptions }) => {
    const driver = VolumeOptions?.DriverConfig;
    return { DriverConfig: { ...driver, Options: { ...driver?.Options, ...readPair(value) } } };
  }),
  'image-subpath': within('ImageOptions', (Subpath) => ({ Subpath })),
  'tmpfs-size': within('TmpfsOptions', (value) => ({ SizeBytes: readSize('tmpfs-size', value) })),
  'tmpfs-mode': within('TmpfsOptions', (value) => ({ Mode: readMode(value) })),
};

/** Keys that may stand alone and then mean true. */
const switches = new Set(['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive']);
/** The value of `--mount`: `type=bind,source=…,target=…`. @throws Error with the stock client's words */
export function parseMount(text: string): Mount {
  if (text === '') throw new Error('EOF');
  const mount = parseCsv(text).reduce(readField, { Type: 'volume', Target: '' });
  checkMount(mount);
  return mount;
}

function readField(mount: Mount, field: string): Mount {
  const [rawKey = '', value] = splitField(field);
  const key = rawKey.toLowerCase();
  if (value === undefined && !switches.has(key))
    throw new Error(`invalid field '${field}' must be a key=value pair`);
  const set = setters[key];
  if (set === undefined) throw new Error(`unexpected key '${key}' in '${field}'`);
  return set(mount, value ?? 'true');
}

function checkMount(mount: Mount): void {
  if (mount.Type === '') throw new Error('type is required');
  if (mount.Target === '') throw new Error('target is required');
  checkRecursive(mount);
  for (const [group, type] of Object.entries(groupTypes)) {
    if (group in mount && mount.Type !== type) {
      throw new Error(`cannot mix '${type}-*' options with mount type '${mount.Type}'`);
    }
  }
}

function checkRecursive({ ReadOnly, BindOptions }: Mount): void {
  if (!BindOptions?.ReadOnlyForceRecursive) return;
  const needs = (what: string) =>
    `option 'bind-recursive=readonly' requires '${what}' to be specified in conjunction`;
  if (!ReadOnly) throw new Error(needs('readonly'));
  if (BindOptions.Propagation !== 'rprivate') throw new Error(needs('bind-propagation=rprivate'));
}

function splitField(field: string): [string, string | undefined] {
  const equals = field.indexOf('=');
  return equals < 0 ? [field, undefined] : [field.slice(0, equals), field.slice(equals + 1)];
}

function readPair(value: string): Record<string, string> {
  const [key, content = ''] = splitField(value);
  return { [key]: content };
}

function readOnly(key: string): Setter {
  return ({ ReadOnly: _, ...mount }, value) => (readBool(key, value) ? { ...mount, ReadOnly: true } : mount);
}

function readRecursive(value: string): NonNullable<Mount['BindOptions']> {
  switch (value) {
    case 'enabled':
      return {};
    case 'disabled':
      return { NonRecursive: true };
    case 'writable':
      return { ReadOnlyNonRecursive: true };
    case 'readonly':
      return { ReadOnlyForceRecursive: true };
    default:
      throw new Error(
        `invalid value for bind-recursive: ${value} (must be "enabled", "disabled", "writable", or "readonly")`,
      );
  }
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
