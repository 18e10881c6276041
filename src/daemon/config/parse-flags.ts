import { EngineError, errorMessage } from '#base';
import { removedFlag } from './legacy.ts';
import type { OptionSpec } from './option.ts';
import { collectOptions, type OptionName, type Options, optionNames, optionSpecs } from './options.ts';

/** Reads a command line: `--flag value`, `--flag=value`, `-f value`, `-fvalue`. @throws EngineError invalid */
export function parseFlags(argv: readonly string[]): Options {
  const values = new Map<OptionName, unknown>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { name, attached } = splitWord(word);
    const spec = optionSpecs[name];
    const text = attached ?? (spec.kind.operand === undefined ? 'true' : rest.shift());
    if (text === undefined) throw refusal(`flag needs an argument: ${word}`);
    values.set(name, add(spec, values.get(name), text));
  }
  return collectOptions(values);
}

/** How messages and the help write an option's flag: `-D, --debug`. */
export function flagNames({ flag, short }: OptionSpec): string {
  return short === undefined ? `--${flag}` : `-${short}, --${flag}`;
}

function splitWord(word: string): { readonly name: OptionName; readonly attached: string | undefined } {
  if (word.startsWith('--')) {
    const at = word.indexOf('=');
    const flag = word.slice(2, at < 0 ? undefined : at);
    const name = optionNames.find((option) => optionSpecs[option].flag === flag);
    if (name === undefined) throw refusal(`unknown flag: --${flag}`, removedFlag(flag));
    return { name, attached: at < 0 ? undefined : word.slice(at + 1) };
  }
  const letter = word.startsWith('-') ? word[1] : undefined;
  if (letter === undefined) throw refusal(`"wharfd" accepts no arguments, but got: ${word}`);
  const name = optionNames.find((option) => optionSpecs[option].short === letter);
  if (name === undefined)
    throw refusal(`unknown shorthand flag: '${letter}' in ${word}`, removedFlag(letter));
  return { name, attached: word.length > 2 ? word.slice(2).replace(/^=/, '') : undefined };
}

function add(spec: OptionSpec, before: unknown, text: string): unknown {
  try {
    return spec.kind.add(before, text);
  } catch (cause) {
    throw refusal(`invalid argument "${text}" for "${flagNames(spec)}" flag: ${errorMessage(cause)}`);
  }
}

function refusal(reason: string, advice = "See 'wharfd --help'."): EngineError {
  return new EngineError('invalid', `${reason}\n${advice}`);
}
