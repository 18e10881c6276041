import { programOf, type StandardDescriptor, type TerminalSize } from '../caller/index.ts';

/** A command line and its surroundings, as the program that was called describes them. */
export interface Call {
  readonly program: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** The sizes of those standard descriptors that are terminals; zeros for a terminal that does not tell. */
  readonly terminals: ReadonlyMap<StandardDescriptor, TerminalSize>;
}

/** What is no UTF-8 would be changed by reading it, and is left to the caller's own process. */
const strictly = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the facts of a call: texts that end with NUL and begin with a letter. @throws Error for what is no call */
export function decodeCall(payload: Buffer): Call {
  const facts = strictly.decode(payload).split('\0').slice(0, -1);
  const all = (letter: string) => facts.filter((fact) => fact[0] === letter).map((fact) => fact.slice(1));
  const [name] = all('p');
  const [directory] = all('d');
  if (name === undefined || directory === undefined) throw new Error('a call without a name or a folder');
  return {
    program: programOf(name),
    argv: all('a'),
    environment: Object.fromEntries(all('e').map(splitVariable)),
    directory,
    terminals: new Map(all('t').map(readTerminal)),
  };
}

function splitVariable(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

function readTerminal(text: string): [StandardDescriptor, TerminalSize] {
  const [descriptor, rows = 0, columns = 0] = text.split(' ').map(Number);
  if (descriptor !== 0 && descriptor !== 1 && descriptor !== 2) throw new Error(`no terminal: ${text}`);
  return [descriptor, { rows, columns }];
}
