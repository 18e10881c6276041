import { EngineError } from '#base';

const falseWords = new Set(['', '0', 'no', 'false', 'none']);

/** A boolean of a query: missing, '', 0, no, false and none (in any case) are false, all else is true. */
export function readFlag(query: URLSearchParams, name: string, whenMissing = false): boolean {
  const value = query.get(name);
  if (value === null) return whenMissing;
  return !falseWords.has(value.trim().toLowerCase());
}

/** A whole number of a query, or undefined when it is missing or empty. @throws EngineError invalid */
export function readInteger(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  return parseInteger(value);
}

/**
 * A whole number of 32 bits, not negative, that must be there; `what` is what a refusal calls it.
 * @throws EngineError invalid
 */
export function requireUnsigned(query: URLSearchParams, name: string, what: string): number {
  const value = query.get(name) ?? '';
  const problem = /^[+-]?\d+$/.test(value) ? 'value out of range' : 'invalid syntax';
  const number = Number(value);
  if (problem === 'value out of range' && number >= 0 && number < 2 ** 32) return number;
  throw new EngineError('invalid', `invalid ${what} ${JSON.stringify(value)}: ${problem}`);
}

function parseInteger(value: string): number {
  if (/^[+-]?\d{1,15}$/.test(value)) return Number(value);
  throw new EngineError('invalid', `strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`);
}

/** A text of a query, or undefined when it is missing or empty. */
export function readText(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}
