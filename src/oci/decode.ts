import { EngineError } from '#base';

/** A JSON object of unknown content. */
export type WireRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is WireRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a JSON document whose top is an object. @throws EngineError invalid */
export function parseRecord(content: Uint8Array | string, what: string): WireRecord {
  try {
    const value: unknown = JSON.parse(
      typeof content === 'string' ? content : new TextDecoder().decode(content),
    );
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new EngineError('invalid', `invalid ${what}: not JSON`, { cause });
  }
  throw new EngineError('invalid', `invalid ${what}: not an object`);
}

export function optionalString(record: WireRecord, key: string): string | undefined {
  const value = record[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function optionalNumber(record: WireRecord, key: string): number | undefined {
  const value = record[key];
  return typeof value === 'number' ? value : undefined;
}

/** A list of strings; null and a missing list are undefined, elements of another type are an error. */
export function optionalStrings(record: WireRecord, key: string): readonly string[] | undefined {
  const value = record[key];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw new EngineError('invalid', `invalid ${key}: not a list of strings`);
}

/** The keys of an object used as a set, as Go's `map[string]struct{}` is written. */
export function optionalSet(record: WireRecord, key: string): Readonly<Record<string, object>> | undefined {
  const value = record[key];
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(Object.keys(value).map((name) => [name, {}]));
}

/** A map of strings. */
export function optionalStringMap(
  record: WireRecord,
  key: string,
): Readonly<Record<string, string>> | undefined {
  const value = record[key];
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}
