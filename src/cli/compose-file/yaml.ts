export type Yaml = string | number | boolean | readonly Yaml[] | YamlMap;
export interface YamlMap {
  readonly [key: string]: Yaml;
}

/** The lines of a map; every text stands in quotes, and Compose replaces no variables in it. */
export function encodeYaml(map: YamlMap): string[] {
  return Object.entries(map).flatMap(([key, value]) => encodeMember(`${encodeKey(key)}:`, value));
}

function encodeMember(head: string, value: Yaml): string[] {
  if (typeof value !== 'object') return [`${head} ${encodeScalar(value)}`];
  if (isList(value)) {
    if (value.length === 0) return [`${head} []`];
    return [head, ...value.flatMap((item) => encodeItem(item)).map(indented)];
  }
  const lines = encodeYaml(value);
  return lines.length === 0 ? [`${head} {}`] : [head, ...lines.map(indented)];
}

function encodeItem(item: Yaml): string[] {
  if (typeof item !== 'object') return [`- ${encodeScalar(item)}`];
  const [first = '{}', ...others] = isList(item) ? item.flatMap(encodeItem) : encodeYaml(item);
  return [`- ${first}`, ...others.map(indented)];
}

function isList(value: readonly Yaml[] | YamlMap): value is readonly Yaml[] {
  return Array.isArray(value);
}

function indented(line: string): string {
  return `  ${line}`;
}

function encodeScalar(value: string | number | boolean): string {
  return typeof value === 'string' ? JSON.stringify(value.replaceAll('$', '$$$$')) : String(value);
}

function encodeKey(key: string): string {
  return /^[a-z_][\w.-]*$/i.test(key) ? key : JSON.stringify(key);
}
