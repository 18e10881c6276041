import { EngineError, tryParseDuration } from '#base';

/** Options of a log driver, as they were given. */
export type LogDriverOptions = Readonly<Record<string, string>>;

const truths = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falsehoods = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** A truth value as Go reads it. @throws EngineError invalid */
export function parseTruth(text: string): boolean {
  if (truths.includes(text)) return true;
  if (falsehoods.includes(text)) return false;
  throw new EngineError('invalid', `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

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

export function refuse(condition: boolean, message: string): void {
  if (condition) throw new EngineError('invalid', message);
}
