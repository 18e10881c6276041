import type { Mount } from '#api';
import { parseCsv } from './csv.ts';

type Options = NonNullable<Mount['SecretOptions']>;

/**
 * The value of `--secret`: a name, or `source=…,target=…,uid=…,gid=…,mode=…`, as a mount of its own type.
 * @throws Error for a key or a value that means nothing
 */
export function parseSecret(text: string): Mount {
  const fields = parseCsv(text);
  const mount = { Type: 'secret', Target: '' };
  const [only = ''] = fields;
  if (fields.length === 1 && !only.includes('=')) return { ...mount, Source: only };
  return fields.reduce(readField, mount);
}

function readField(mount: Mount, field: string): Mount {
  const [key = '', value] = field.split(/=(.*)/s);
  if (value === undefined) throw new Error(`invalid field '${field}' must be a key=value pair`);
  const owned = (options: Options): Mount => ({
    ...mount,
    SecretOptions: { ...mount.SecretOptions, ...options },
  });
  switch (key.toLowerCase()) {
    case 'source':
    case 'src':
      return { ...mount, Source: value };
    case 'target':
    case 'dst':
      return { ...mount, Target: value };
    case 'uid':
      return owned({ UID: readNumber(field, value, /^\d+$/, 10) });
    case 'gid':
      return owned({ GID: readNumber(field, value, /^\d+$/, 10) });
    case 'mode':
      return owned({ Mode: readNumber(field, value, /^[0-7]+$/, 8) });
    default:
      throw new Error(`invalid field key in secret request: '${key}'`);
  }
}

function readNumber(field: string, value: string, pattern: RegExp, base: number): number {
  if (!pattern.test(value)) throw new Error(`invalid value in secret request: '${field}'`);
  return Number.parseInt(value, base);
}
