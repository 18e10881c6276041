import { EngineError } from '#base';
import { isOptionName, type OptionName, type Options, optionNames, optionSpecs } from './options.ts';

/** Reads a command line: `--flag value`, `--flag=value`. The last use of a flag holds. @throws EngineError invalid */
export function parseFlags(argv: readonly string[]): Options {
  const values = new Map<OptionName, readonly string[]>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { name, attached } = splitWord(word);
    const { form } = optionSpecs[name];
    const operand = attached ?? (form === 'switch' ? 'true' : rest.shift());
    if (operand === undefined) throw refusal(`flag needs an argument: --${name}`);
    values.set(name, form === 'list' ? [...(values.get(name) ?? []), operand] : [operand]);
  }
  return values;
}

/** What `--help` prints. */
export function helpText(): string {
  const rows = optionNames.map((name) => {
    const { operand = '', help } = optionSpecs[name];
    return `      ${`--${name} ${operand}`.padEnd(26)} ${help}`;
  });
  return `\nUsage:  wharf-registry [OPTIONS]\n\nServe images to other machines\n\nOptions:\n${rows.join('\n')}`;
}

function splitWord(word: string): { readonly name: OptionName; readonly attached: string | undefined } {
  const [, name = '', attached] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (isOptionName(name)) return { name, attached };
  throw refusal(
    name === '' ? `wharf-registry accepts no arguments, but got: ${word}` : `unknown flag: --${name}`,
  );
}

function refusal(reason: string): EngineError {
  return new EngineError('invalid', `${reason}\nSee 'wharf-registry --help'.`);
}
