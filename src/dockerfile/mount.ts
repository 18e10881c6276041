import { EngineError, parseSize } from '#base';
import { withSuggestion } from './suggest.ts';
import type { CacheSharing, MountType, RunMount } from './types.ts';

const types = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'] as const satisfies readonly MountType[];
const sharings = ['shared', 'private', 'locked'] as const satisfies readonly CacheSharing[];

/** What each key is called at most places, and which mounts have it. */
const keys: Readonly<Record<string, { readonly field: keyof RunMount; readonly of: readonly MountType[] }>> =
  {
    type: { field: 'type', of: types },
    target: { field: 'target', of: types },
    dst: { field: 'target', of: types },
    destination: { field: 'target', of: types },
    source: { field: 'source', of: ['bind', 'cache'] },
    src: { field: 'source', of: ['bind', 'cache'] },
    from: { field: 'from', of: ['bind', 'cache'] },
    readonly: { field: 'readOnly', of: types },
    ro: { field: 'readOnly', of: types },
    readwrite: { field: 'readOnly', of: types },
    rw: { field: 'readOnly', of: types },
    id: { field: 'id', of: ['cache', 'secret', 'ssh'] },
    sharing: { field: 'sharing', of: ['cache'] },
    size: { field: 'sizeBytes', of: ['tmpfs'] },
    required: { field: 'required', of: ['secret', 'ssh'] },
    env: { field: 'env', of: ['secret'] },
    mode: { field: 'mode', of: ['cache', 'secret', 'ssh'] },
    uid: { field: 'uid', of: ['cache', 'secret', 'ssh'] },
    gid: { field: 'gid', of: ['cache', 'secret', 'ssh'] },
  };

/** Of these a variable is allowed; all others must be right as they are written. */
const expandable = ['target', 'source', 'from', 'id', 'env'] as const;
type Expandable = (typeof expandable)[number];

const withoutValue = ['readonly', 'ro', 'readwrite', 'rw', 'required'];

/** A `--mount` before its variables are replaced. @throws EngineError invalid */
export function checkMount(text: string): void {
  parseMount(text, (value) => value);
}

/**
 * A `--mount` of RUN, in the form `key=value,…`.
 * @param expand replaces the variables of a value
 * @throws EngineError invalid
 */
export function parseMount(text: string, expand: (value: string) => string): RunMount {
  const fields = splitFields(text);
  const type = oneOf(types, fields.find(([key]) => key === 'type')?.[1] ?? 'bind', 'mount type');
  const mount: Draft = { ...nothing, type, readOnly: type === 'bind' };
  for (const [key, value] of fields) setField(mount, key, value, expand);
  checkWhole(mount);
  return mount;
}

const nothing = {
  target: undefined,
  source: undefined,
  from: undefined,
  id: undefined,
  env: undefined,
  sharing: undefined,
  sizeBytes: undefined,
  required: false,
  mode: undefined,
  uid: undefined,
  gid: undefined,
} as const;

/** The form is a line of comma-separated values: a quoted field may hold commas. */
function splitFields(text: string): (readonly [key: string, value: string | undefined])[] {
  const fields = text.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [];
  return fields.map((quoted) => {
    const field = quoted.startsWith('"') ? quoted.slice(1, -1).replaceAll('""', '"') : quoted;
    const at = field.indexOf('=');
    const key = (at < 0 ? field : field.slice(0, at)).toLowerCase();
    if (at < 0 && !withoutValue.includes(key)) {
      throw new EngineError('invalid', `invalid field '${field}' must be a key=value pair`);
    }
    return [key, at < 0 ? undefined : field.slice(at + 1)];
  });
}

type Draft = { -readonly [K in keyof RunMount]: RunMount[K] };

function setField(
  mount: Draft,
  key: string,
  value: string | undefined,
  expand: (value: string) => string,
): void {
  const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (known === undefined) {
    const text = `unexpected key '${key}' in '${key}=${value ?? ''}'`;
    throw new EngineError('invalid', withSuggestion(text, key, Object.keys(keys)));
  }
  if (!known.of.includes(mount.type)) {
    throw new EngineError('invalid', `unexpected key '${key}' for mount type '${mount.type}'`);
  }
  const { field } = known;
  if (isExpandable(field)) mount[field] = expand(value ?? '');
  else setTyped(mount, field, key, value);
}

function setTyped(
  mount: Draft,
  field: Exclude<keyof RunMount, Expandable>,
  key: string,
  value: string | undefined,
): void {
  switch (field) {
    case 'type':
      break;
    case 'readOnly':
      mount.readOnly = truthOf(key, value) !== (key === 'rw' || key === 'readwrite');
      break;
    case 'required':
      mount.required = truthOf(key, value);
      break;
    case 'sharing':
      mount.sharing = oneOf(sharings, value ?? '', 'sharing value');
      break;
    case 'sizeBytes':
      mount.sizeBytes = parseSize(value ?? '', 1024);
      break;
    case 'mode':
      mount.mode = numberOf(key, value, 8);
      break;
    case 'uid':
    case 'gid':
      mount[field] = numberOf(key, value, 10);
      break;
  }
}

function isExpandable(field: keyof RunMount): field is Expandable {
  return expandable.some((name) => name === field);
}

function checkWhole({ type, target, id, env }: RunMount): void {
  const needsTarget = type === 'bind' || type === 'cache' || type === 'tmpfs';
  if (needsTarget && !target) throw new EngineError('invalid', 'target is required');
  if (type === 'secret' && !id && !target && !env) {
    throw new EngineError('invalid', 'invalid secret mount. Either id or target (or env) must be set');
  }
}

function truthOf(key: string, value = 'true'): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new EngineError('invalid', `invalid value for ${key}: ${value}`);
}

function numberOf(key: string, value = '', radix: 8 | 10): number {
  const pattern = radix === 8 ? /^[0-7]+$/ : /^\d+$/;
  if (pattern.test(value)) return Number.parseInt(value, radix);
  throw new EngineError('invalid', `invalid value ${value} for ${key}`);
}

function oneOf<T extends string>(known: readonly T[], value: string, what: string): T {
  const found = known.find((candidate) => candidate === value.toLowerCase());
  if (found !== undefined) return found;
  throw new EngineError(
    'invalid',
    withSuggestion(`unsupported ${what} ${JSON.stringify(value)}`, value, known),
  );
}
