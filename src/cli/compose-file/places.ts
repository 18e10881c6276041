import { parseCsv } from '../container/create-options/csv.ts';
import type { Yaml, YamlMap } from './yaml.ts';

type Fields = ReadonlyMap<string, readonly string[]>;

function readFields(line: string): Fields {
  const fields = new Map<string, string[]>();
  for (const field of parseCsv(line)) {
    const [key = '', value = 'true'] = field.split(/=(.*)/s);
    fields.set(key, [...(fields.get(key) ?? []), value]);
  }
  return fields;
}

/** An attachment (`front`, or `name=front,alias=a`) by its network's name. */
export function describeNetwork(line: string): [name: string, attachment: YamlMap] {
  if (!line.includes('=')) return [line, {}];
  const fields = readFields(line);
  const all = (key: string) => fields.get(key) ?? [];
  const [priority] = all('gw-priority');
  return [
    all('name')[0] ?? '',
    {
      ...listKey('aliases', all('alias')),
      ...textKey('ipv4_address', all('ip')),
      ...textKey('ipv6_address', all('ip6')),
      ...listKey('link_local_ips', all('link-local-ip')),
      ...mapKey('driver_opts', all('driver-opt')),
      ...(priority === undefined ? {} : { gw_priority: Number(priority) }),
    },
  ];
}

/** A mount (`type=bind,source=…`) in Compose's long form. */
export function describeMount(line: string): YamlMap {
  const fields = readFields(line);
  const all = (key: string) => fields.get(key) ?? [];
  const parts: [name: string, content: YamlMap][] = [
    [
      'bind',
      { ...textKey('propagation', all('bind-propagation')), ...textKey('recursive', all('bind-recursive')) },
    ],
    [
      'volume',
      {
        ...(fields.has('volume-nocopy') ? { nocopy: true } : {}),
        ...textKey('subpath', all('volume-subpath')),
        ...mapKey('labels', all('volume-label')),
      },
    ],
    ['tmpfs', { ...numberKey('size', all('tmpfs-size')), ...numberKey('mode', all('tmpfs-mode'), 8) }],
    ['image', textKey('subpath', all('image-subpath'))],
  ];
  return {
    ...textKey('type', all('type')),
    ...textKey('source', all('source')),
    ...textKey('target', all('target')),
    ...(fields.has('readonly') ? { read_only: true } : {}),
    ...textKey('consistency', all('consistency')),
    ...Object.fromEntries(parts.filter(([, content]) => Object.keys(content).length > 0)),
  };
}

/** The volume that an entry names; undefined for folders of the host, and for volumes without a name. */
export function namedVolume(entry: Yaml): string | undefined {
  if (typeof entry === 'string') return /^([^/.~][^:]*):/.exec(entry)?.[1];
  if (typeof entry !== 'object' || !('type' in entry)) return undefined;
  return entry.type === 'volume' && typeof entry.source === 'string' ? entry.source : undefined;
}

function textKey(key: string, [value]: readonly string[]): YamlMap {
  return value === undefined ? {} : { [key]: value };
}

function numberKey(key: string, [value]: readonly string[], radix = 10): YamlMap {
  return value === undefined ? {} : { [key]: Number.parseInt(value, radix) };
}

function listKey(key: string, values: readonly string[]): YamlMap {
  return values.length === 0 ? {} : { [key]: values };
}

function mapKey(key: string, values: readonly string[]): YamlMap {
  return values.length === 0
    ? {}
    : { [key]: Object.fromEntries(values.map((value) => value.split(/=(.*)/s))) };
}
