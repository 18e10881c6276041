import { readFileSync } from 'node:fs';
import { EngineError, errnoOf, errorMessage } from '#base';
import { collectOptions, type OptionName, type Options, optionNames, optionSpecs } from './options.ts';

/** A configuration file: a path that somebody named must be there. */
export interface ConfigFile {
  readonly path: string;
  readonly required: boolean;
}

const defaultPath = '/etc/wharf/daemon.json';

export function configFile(flags: Options): ConfigFile {
  return { path: flags.configFile ?? defaultPath, required: flags.configFile !== undefined };
}

/**
 * What the file sets; undefined when there is none and need not be.
 * @throws EngineError invalid, in Docker's words, for what is no JSON object, unknown keys and wrong types
 */
export function readConfigFile({ path, required }: ConfigFile): Options | undefined {
  try {
    return decodeFile(readFileSync(path, 'utf8'));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    if (required) throw new EngineError('invalid', `open ${path}: no such file or directory`);
    return undefined;
  }
}

/** Reads the file's text; an empty one sets nothing. @throws EngineError invalid */
export function decodeFile(text: string): Options {
  if (text.trim() === '') return {};
  const document = parseDocument(text);
  const byKey = new Map(optionNames.map((name) => [optionSpecs[name].key, name]));
  const unknown = Object.keys(document).filter((key) => !byKey.has(key));
  if (unknown.length > 0) {
    throw new EngineError(
      'invalid',
      `the following directives don't match any configuration option: ${unknown.join(', ')}`,
    );
  }
  const values: [OptionName, unknown][] = [];
  for (const [key, value] of Object.entries(document)) {
    const name = byKey.get(key);
    if (name !== undefined && value !== null) values.push([name, decodeValue(name, key, value)]);
  }
  return collectOptions(values);
}

function parseDocument(text: string): object {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document;
  } catch (cause) {
    throw new EngineError('invalid', `invalid JSON: ${errorMessage(cause)}`, { cause });
  }
  throw new EngineError('invalid', 'invalid JSON: the configuration must be an object');
}

function decodeValue(name: OptionName, key: string, value: unknown): unknown {
  try {
    return optionSpecs[name].kind.decoder.read(value, { owner: 'Config', path: key });
  } catch (cause) {
    throw new EngineError('invalid', `invalid JSON: ${errorMessage(cause)}`, { cause });
  }
}

/** @throws EngineError invalid, for what flags and file both set */
export function refuseConflicts(flags: Options, file: Options): void {
  const conflicts = optionNames.filter((name) => flags[name] !== undefined && file[name] !== undefined);
  if (conflicts.length === 0) return;
  const shown = conflicts.map((name) => {
    const { key, kind } = optionSpecs[name];
    return `${key}: (from flag: ${kind.show(flags[name])}, from file: ${kind.show(file[name])})`;
  });
  throw new EngineError(
    'invalid',
    `the following directives are specified both as a flag and in the configuration file: ${shown.join(', ')}`,
  );
}
