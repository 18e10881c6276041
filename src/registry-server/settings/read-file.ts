import { readFileSync } from 'node:fs';
import { EngineError, errnoOf, errorMessage } from '#base';
import { isOptionName, type OptionForm, type OptionName, type Options, optionSpecs } from './options.ts';
import { readSections, type Sections } from './sections.ts';

/** What the file tells: options that flags have too, and sections that only it has. */
export interface FileContent {
  readonly options: Options;
  readonly sections: Sections;
}

const usualPath = '/etc/wharf/registry.json';

/** Reads the file that was named, which must be there, or the usual one. @throws EngineError invalid */
export function readSettingsFile(path: string | undefined): FileContent {
  try {
    return decodeFile(readFileSync(path ?? usualPath, 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && path === undefined) return decodeFile('{}');
    throw new EngineError('invalid', `${path ?? usualPath}: ${errorMessage(error)}`, { cause: error });
  }
}

/** @throws EngineError invalid, for what is no JSON object, for unknown keys and for wrong types */
export function decodeFile(text: string): FileContent {
  const options = new Map<OptionName, readonly string[]>();
  const further: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parseObject(text))) {
    if (isOptionName(key) && optionSpecs[key].flagOnly !== true) {
      options.set(key, readValue(key, optionSpecs[key].form, value));
    } else further[key] = value;
  }
  return { options, sections: readSections(further) };
}

function parseObject(text: string): object {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new EngineError('invalid', 'the configuration must be a JSON object');
}

function readValue(key: string, form: OptionForm, value: unknown): readonly string[] {
  if (form === 'switch' && typeof value === 'boolean') return [String(value)];
  if (form === 'text' && typeof value === 'string') return [value];
  if (form === 'list' && Array.isArray(value) && value.every((entry) => typeof entry === 'string'))
    return value;
  const wanted = { switch: 'true or false', text: 'a text', list: 'a list of texts' };
  throw new EngineError('invalid', `${key}: want ${wanted[form]}`);
}
