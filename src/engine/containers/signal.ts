import { constants } from 'node:os';
import { EngineError } from '#base';

const names: Readonly<Record<string, number>> = constants.signals;
const realTimeFirst = 34;
const realTimeLast = 64;

/** A signal by name, with or without SIG, `RTMIN+n`, `RTMAX-n`, or number. @throws EngineError invalid */
export function parseSignal(text: string): number {
  const number = tryParseSignal(text);
  if (number === undefined) throw new EngineError('invalid', `invalid signal: ${text}`);
  return number;
}

export function isSignal(text: string): boolean {
  return tryParseSignal(text) !== undefined;
}

function tryParseSignal(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= realTimeLast ? number : undefined;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  return names[`SIG${name}`] ?? realTime(name);
}

function realTime(name: string): number | undefined {
  const match = /^RT(MIN|MAX)([+-]\d+)?$/.exec(name);
  if (match === null) return undefined;
  const number = (match[1] === 'MIN' ? realTimeFirst : realTimeLast) + Number(match[2] ?? 0);
  return number >= realTimeFirst && number <= realTimeLast ? number : undefined;
}
