import { EngineError, parseTruth, tryParseDuration } from '#base';

/** Options of a log driver, as they were given. */
export type LogDriverOptions = Readonly<Record<string, string>>;

/** A truth value; `whenMissing` when the option is not given or empty. @throws EngineError invalid */
export function truthOption(options: LogDriverOptions, name: string, whenMissing: boolean): boolean {
  const text = options[name] ?? '';
  return text === '' ? whenMissing : parseTruth(text);
}

/** A whole number that is not negative. @throws EngineError invalid */
export function countOption(options: LogDriverOptions, name: string, whenMissing: number): number {
  const text = options[name] ?? '';
  if (text === '') return whenMissing;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new EngineError('invalid', `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** A length of time as Go writes it (`1m30s`), in milliseconds. @throws EngineError invalid */
export function parseDurationMs(text: string): number {
  const duration = tryParseDuration(text);
  if (duration !== undefined) return duration / 1e6;
  throw new EngineError('invalid', `time: invalid duration ${JSON.stringify(text)}`);
}
