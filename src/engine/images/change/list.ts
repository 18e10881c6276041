/** A list of texts in JSON; undefined for everything else, which Docker takes for a shell command. */
export function tryParseList(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isList = Array.isArray(value) && value.every((item): item is string => typeof item === 'string');
    return isList ? value : undefined;
  } catch {
    return undefined;
  }
}
