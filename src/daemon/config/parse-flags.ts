import { EngineError } from '#base';
import {
  type OptionName,
  type OptionSpec,
  type Options,
  type OptionValue,
  optionNames,
  optionSpecs,
} from './options.ts';

/** Reads a command line: `--flag value`, `--flag=value`, `-f value`, `-fvalue`. @throws EngineError invalid */
export function parseFlags(argv: readonly string[]): Options {
  const values = new Map<OptionName, OptionValue>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { name, attached } = splitWord(word);
    const spec = optionSpecs[name];
    const text = attached ?? (spec.type === 'flag' ? 'true' : rest.shift());
    if (text === undefined) throw new EngineError('invalid', `flag needs an argument: ${word}`);
    values.set(name, combine(spec, values.get(name), text));
  }
  return Object.fromEntries(values) as Options;
}

function splitWord(word: string): { readonly name: OptionName; readonly attached: string | undefined } {
  if (word.startsWith('--')) {
    const at = word.indexOf('=');
    const flag = word.slice(2, at < 0 ? undefined : at);
    const name = optionNames.find((option) => optionSpecs[option].flag === flag);
    if (name === undefined) throw new EngineError('invalid', `unknown flag: --${flag}`);
    return { name, attached: at < 0 ? undefined : word.slice(at + 1) };
  }
  const letter = word.startsWith('-') ? word[1] : undefined;
  if (letter === undefined) {
    throw new EngineError('invalid', `"wharfd" accepts no arguments, but got: ${word}`);
  }
  const name = optionNames.find((option) => (optionSpecs[option] as OptionSpec).short === letter);
  if (name === undefined) throw new EngineError('invalid', `unknown shorthand flag: '${letter}' in ${word}`);
  return { name, attached: word.length > 2 ? word.slice(2).replace(/^=/, '') : undefined };
}

function combine(spec: OptionSpec, before: OptionValue | undefined, text: string): OptionValue {
  switch (spec.type) {
    case 'text':
      return text;
    case 'flag':
      return parseFlag(spec, text);
    case 'list':
      return [...(Array.isArray(before) ? before : []), text];
    case 'pairs':
      return { ...(typeof before === 'object' ? before : {}), ...parsePair(spec, text) };
  }
}

function parseFlag({ flag }: OptionSpec, text: string): boolean {
  if (['true', '1', 't'].includes(text.toLowerCase())) return true;
  if (['false', '0', 'f'].includes(text.toLowerCase())) return false;
  throw new EngineError('invalid', `invalid argument "${text}" for "--${flag}" flag: invalid syntax`);
}

function parsePair({ flag }: OptionSpec, text: string): Record<string, string> {
  const at = text.indexOf('=');
  if (at > 0) return { [text.slice(0, at)]: text.slice(at + 1) };
  throw new EngineError('invalid', `invalid argument "${text}" for "--${flag}" flag: must be name=value`);
}
