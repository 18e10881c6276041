import { EngineError, tryParseDuration } from '#base';
import type { ImageHealthcheck } from '#oci';
import { tryParseList } from './list.ts';

const durationFlags = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
} as const;

/** What follows HEALTHCHECK: `NONE`, or flags and `CMD` with a command. @throws EngineError invalid */
export function parseHealthcheck(text: string): ImageHealthcheck {
  const [, flags = '', type = '', command = ''] = /^((?:--\S+\s+)*)(\S*)\s*(.*)$/s.exec(text) ?? [];
  switch (type.toUpperCase()) {
    case 'NONE':
      if (command !== '') throw new EngineError('invalid', 'HEALTHCHECK NONE takes no arguments');
      return { Test: ['NONE'] };
    case 'CMD':
      if (command === '') throw new EngineError('invalid', 'Missing command after HEALTHCHECK CMD');
      return { Test: testOf(command), ...parseFlags(flags) };
    case '':
      throw new EngineError('invalid', 'HEALTHCHECK requires at least one argument');
    default:
      throw new EngineError('invalid', `Unknown type "${type.toUpperCase()}" in HEALTHCHECK (try CMD)`);
  }
}

function testOf(command: string): string[] {
  const list = tryParseList(command);
  return list === undefined ? ['CMD-SHELL', command] : ['CMD', ...list];
}

function parseFlags(text: string): Partial<ImageHealthcheck> {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return Object.assign({}, ...words.map(parseFlag));
}

function parseFlag(word: string): Partial<ImageHealthcheck> {
  const [, name = '', value = ''] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (name === 'retries') {
    if (/^\d{1,9}$/.test(value)) return { Retries: Number(value) };
    throw new EngineError('invalid', `strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  const field = Object.entries(durationFlags).find(([flag]) => flag === name)?.[1];
  if (field === undefined) throw new EngineError('invalid', `unknown flag: --${name}`);
  const nanoseconds = tryParseDuration(value);
  if (nanoseconds === undefined) {
    throw new EngineError('invalid', `time: invalid duration ${JSON.stringify(value)}`);
  }
  if (nanoseconds < 1e6) {
    throw new EngineError('invalid', `Interval "${name}" cannot be less than 1ms`);
  }
  return { [field]: nanoseconds };
}
