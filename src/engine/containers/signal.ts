import { constants } from 'node:os';
import { EngineError } from '#base';

export const sigkill = constants.signals.SIGKILL;

const names: Readonly<Record<string, number>> = { ...constants.signals, SIGCLD: constants.signals.SIGCHLD };
const realTimeFirst = 34;
const realTimeLast = 64;

/** A signal by name, with or without SIG, `RTMIN+n`, `RTMAX-n`, or number. @throws EngineError invalid */
export function parseSignal(text: string): number {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : signalByName(text);
  if (number === undefined || number === 0) throw new EngineError('invalid', `invalid signal: ${text}`);
  if (number < 0 || number > realTimeLast) {
    throw new EngineError('invalid', `the linux daemon does not support signal ${number}`);
  }
  return number;
}

export function isSignal(text: string): boolean {
  try {
    return parseSignal(text) > 0;
  } catch {
    return false;
  }
}

function signalByName(text: string): number | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '');
  return names[`SIG${name}`] ?? realTime(name);
}

function realTime(name: string): number | undefined {
  const match = /^RT(MIN|MAX)([+-]\d+)?$/.exec(name);
  if (match === null) return undefined;
  const number = (match[1] === 'MIN' ? realTimeFirst : realTimeLast) + Number(match[2] ?? 0);
  return number >= realTimeFirst && number <= realTimeLast ? number : undefined;
}
