import { tryParseDuration } from '#base';

/** Like `tryParseDuration`. @throws Error with Go's words */
export function parseDuration(text: string): number {
  const result = tryParseDuration(text);
  if (result !== undefined) return result;
  if (text !== '' && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text))
    throw new Error(`time: missing unit in duration ${JSON.stringify(text)}`);
  throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
}
