import { EngineError, tryParseDuration } from '#base';
import { Flags } from '../flags.ts';
import type { Healthcheck, HealthcheckInstruction } from '../types.ts';
import { commandOf, type InstructionLine } from './line.ts';

const durations = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
} as const;

/** `NONE`, or flags and `CMD` with a command. @throws EngineError invalid */
export function parseHealthcheck(line: InstructionLine): HealthcheckInstruction {
  const [, type = '', text = ''] = /^(\S*)\s*(.*)$/s.exec(line.rest) ?? [];
  const { written } = line;
  switch (type.toUpperCase()) {
    case 'NONE':
      if (text !== '') throw new EngineError('invalid', 'HEALTHCHECK NONE takes no arguments');
      return { ...written, kind: 'healthcheck', check: { Test: ['NONE'] }, form: undefined };
    case 'CMD':
      return { ...written, kind: 'healthcheck', ...parseProbe(line, text) };
    case '':
      throw new EngineError('invalid', 'HEALTHCHECK requires at least one argument');
    default:
      throw new EngineError('invalid', `Unknown type "${type.toUpperCase()}" in HEALTHCHECK (try CMD)`);
  }
}

function parseProbe(line: InstructionLine, text: string): Pick<HealthcheckInstruction, 'check' | 'form'> {
  const flags = new Flags(line.flags, [...Object.keys(durations), 'retries']);
  const command = commandOf(text);
  if (command === undefined) throw new EngineError('invalid', 'Missing command after HEALTHCHECK CMD');
  const Test = command.form === 'exec' ? ['CMD', ...command.words] : ['CMD-SHELL', command.text];
  return { check: { Test, ...parseDurations(flags), ...parseRetries(flags) }, form: command.form };
}

function parseDurations(flags: Flags): Omit<Healthcheck, 'Test' | 'Retries'> {
  const given = Object.entries(durations).flatMap(([flag, field]) => {
    const text = flags.text(flag);
    return text === undefined ? [] : [[field, parseInterval(flag, text)] as const];
  });
  return Object.fromEntries(given);
}

function parseInterval(flag: string, text: string): number {
  const nanoseconds = tryParseDuration(text);
  if (nanoseconds === undefined) {
    throw new EngineError('invalid', `time: invalid duration ${JSON.stringify(text)}`);
  }
  if (nanoseconds !== 0 && nanoseconds < 1e6) {
    throw new EngineError('invalid', `Interval "${flag}" cannot be less than 1ms`);
  }
  return nanoseconds;
}

function parseRetries(flags: Flags): Pick<Healthcheck, 'Retries'> {
  const text = flags.text('retries');
  if (text === undefined) return {};
  if (!/^[+-]?\d+$/.test(text)) {
    throw new EngineError('invalid', `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  if (Number(text) < 0) throw new EngineError('invalid', `--retries cannot be negative (${text})`);
  return { Retries: Number(text) };
}
