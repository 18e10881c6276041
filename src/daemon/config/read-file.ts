import { readFileSync } from 'node:fs';
import { EngineError, errnoOf, errorMessage } from '#base';
import {
  type OptionName,
  type OptionSpec,
  type Options,
  type OptionValue,
  optionNames,
  optionSpecs,
} from './options.ts';

const defaultPath = '/etc/wharf/daemon.json';

/**
 * The flags with what the configuration file adds.
 * @throws EngineError invalid, for a file that is missing though named, is no JSON, has unknown keys, or sets
 * what a flag sets too
 */
export function withFile(flags: Options): Options {
  const path = flags.configFile ?? defaultPath;
  try {
    const text = readText(path, flags.configFile !== undefined);
    const file = text.trim() === '' ? {} : decodeFile(text);
    refuseConflicts(flags, file);
    return { ...file, ...flags };
  } catch (cause) {
    const message = `unable to configure the Docker daemon with file ${path}: ${errorMessage(cause)}`;
    throw new EngineError('invalid', message, { cause });
  }
}

function readText(path: string, required: boolean): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    if (required) throw new EngineError('invalid', `open ${path}: no such file or directory`);
    return '';
  }
}

/** Reads the file's text. @throws on what is no JSON object, and on unknown keys and wrong types */
export function decodeFile(text: string): Options {
  const document: unknown = JSON.parse(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new EngineError('invalid', 'the configuration must be a JSON object');
  }
  const byKey = new Map(optionNames.map((name) => [(optionSpecs[name] as OptionSpec).key, name]));
  const unknown = Object.keys(document).filter((key) => !byKey.has(key));
  if (unknown.length > 0) {
    throw new EngineError(
      'invalid',
      `the following directives don't match any configuration option: ${unknown.join(', ')}`,
    );
  }
  const values = Object.entries(document).map(([key, value]) => {
    const name = byKey.get(key) as OptionName;
    return [name, decodeValue(optionSpecs[name], key, value)] as const;
  });
  return Object.fromEntries(values) as Options;
}

function decodeValue({ type }: OptionSpec, key: string, value: unknown): OptionValue {
  const isText = (candidate: unknown): candidate is string => typeof candidate === 'string';
  if (type === 'text' && isText(value)) return value;
  if (type === 'flag' && typeof value === 'boolean') return value;
  if (type === 'list' && Array.isArray(value) && value.every(isText)) return value;
  if (type === 'pairs' && typeof value === 'object' && value !== null && Object.values(value).every(isText)) {
    return value as Record<string, string>;
  }
  throw new EngineError('invalid', `the directive ${key} must be ${expectation[type]}`);
}

const expectation = {
  text: 'a string',
  flag: 'true or false',
  list: 'a list of strings',
  pairs: 'an object of strings',
} as const;

function refuseConflicts(flags: Options, file: Options): void {
  const conflicts = optionNames.filter((name) => flags[name] !== undefined && file[name] !== undefined);
  if (conflicts.length === 0) return;
  const shown = conflicts.map((name) => {
    const key = (optionSpecs[name] as OptionSpec).key ?? name;
    return `${key}: (from flag: ${show(flags[name])}, from file: ${show(file[name])})`;
  });
  throw new EngineError(
    'invalid',
    `the following directives are specified both as a flag and in the configuration file: ${shown.join(', ')}`,
  );
}

function show(value: OptionValue | undefined): string {
  if (Array.isArray(value)) return `[${value.join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
