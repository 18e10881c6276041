import { EngineError } from '#base';

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

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A length of time as Go writes it (`1m30s`), in milliseconds. @throws EngineError invalid */
export function parseDurationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
  const whole = parts.map(([part]) => part).join('');
  if (text !== '0' && (whole === '' || whole !== text)) {
    throw new EngineError('invalid', `time: invalid duration ${JSON.stringify(text)}`);
  }
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (unitMs[unit] ?? 0), 0);
}

export function refuse(condition: boolean, message: string): void {
  if (condition) throw new EngineError('invalid', message);
}
