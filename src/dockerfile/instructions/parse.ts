import { EngineError } from '#base';
import { Flags } from '../flags.ts';
import type { LogicalLine } from '../lines.ts';
import { withSuggestion } from '../suggest.ts';
import type { ArgInstruction, Instruction, OnbuildInstruction, ShellInstruction } from '../types.ts';
import { splitPairs, splitWords, tryParseList } from '../words.ts';
import { parseFrom } from './from.ts';
import { parseHealthcheck } from './healthcheck.ts';
import { commandOf, commentOn, type InstructionLine, takeApart, wordsOf } from './line.ts';
import { parseRun } from './run.ts';
import { parseAdd, parseCopy } from './transfer.ts';

const parsers: Readonly<Record<string, (line: InstructionLine) => Instruction>> = {
  ADD: parseAdd,
  ARG: parseArg,
  CMD: (line) => ({ ...plain(line), kind: 'cmd', command: commandOf(line.rest) }),
  COPY: parseCopy,
  ENTRYPOINT: (line) => ({ ...plain(line), kind: 'entrypoint', command: commandOf(line.rest) }),
  ENV: (line) => ({ ...plain(line), kind: 'env', ...splitPairs(line.name, line.rest, line.escapeToken) }),
  EXPOSE: (line) => ({ ...plain(line), kind: 'expose', words: wordsOf(line) }),
  FROM: parseFrom,
  HEALTHCHECK: parseHealthcheck,
  LABEL: (line) => ({ ...plain(line), kind: 'label', ...splitPairs(line.name, line.rest, line.escapeToken) }),
  MAINTAINER: (line) => ({ ...plain(line), kind: 'maintainer', word: textOf(line) }),
  ONBUILD: parseOnbuild,
  RUN: parseRun,
  SHELL: parseShell,
  STOPSIGNAL: (line) => ({ ...plain(line), kind: 'stopsignal', word: textOf(line) }),
  USER: (line) => ({ ...plain(line), kind: 'user', word: textOf(line) }),
  VOLUME: (line) => ({ ...plain(line), kind: 'volume', words: volumesOf(line) }),
  WORKDIR: (line) => ({ ...plain(line), kind: 'workdir', word: textOf(line) }),
};

const instructionNames: readonly string[] = Object.keys(parsers);

/** One instruction of its line. @throws EngineError invalid, in BuildKit's words */
export function parseInstruction(logical: LogicalLine, escapeToken: '\\' | '`'): Instruction {
  const line = takeApart(logical, escapeToken);
  const parse = parsers[line.name];
  if (parse !== undefined) return parse(line);
  const text = `unknown instruction: ${line.written.spelled}`;
  throw new EngineError('invalid', withSuggestion(text, line.name, instructionNames));
}

/** Of an instruction that has no flags. @throws EngineError invalid, when one is given */
function plain(line: InstructionLine): InstructionLine['written'] {
  new Flags(line.flags, []);
  return line.written;
}

/** All that follows the name, as one. @throws EngineError invalid, for nothing */
function textOf({ name, rest }: InstructionLine): string {
  if (rest !== '') return rest;
  throw new EngineError('invalid', `${name} requires exactly one argument`);
}

function volumesOf(line: InstructionLine): string[] {
  const words = wordsOf(line).map((word) => word.trim());
  if (!words.includes('')) return words;
  throw new EngineError('invalid', 'VOLUME specified can not be an empty string');
}

function parseArg(line: InstructionLine): ArgInstruction {
  const written = plain(line);
  const words = splitWords(line.rest, line.escapeToken);
  if (words.length === 0) throw new EngineError('invalid', 'ARG requires at least one argument');
  const args = words.map((word) => {
    const at = word.indexOf('=');
    if (at === 0) throw new EngineError('invalid', 'ARG names can not be blank');
    return at < 0 ? { name: word, value: undefined } : { name: word.slice(0, at), value: word.slice(at + 1) };
  });
  const comment = commentOn(args[0]?.name ?? '', line.comments);
  return { ...written, kind: 'arg', args, comment, isCommented: line.comments.length > 0 };
}

function parseShell(line: InstructionLine): ShellInstruction {
  const written = plain(line);
  const words = tryParseList(line.rest);
  if (words === undefined) {
    throw new EngineError('invalid', 'SHELL requires the arguments to be in JSON form');
  }
  if (words.length === 0) throw new EngineError('invalid', 'SHELL requires at least one argument');
  return { ...written, kind: 'shell', words };
}

/** Flags that follow ONBUILD are the trigger's. */
function parseOnbuild(line: InstructionLine): OnbuildInstruction {
  const trigger = line.written.source.replace(/^\S+\s*/, '');
  const name = (/^\S*/.exec(trigger)?.[0] ?? '').toUpperCase();
  if (name === '') throw new EngineError('invalid', 'ONBUILD requires at least one argument');
  if (name === 'ONBUILD') {
    throw new EngineError('invalid', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  }
  if (name === 'FROM' || name === 'MAINTAINER') {
    throw new EngineError('invalid', `${name} isn't allowed as an ONBUILD trigger`);
  }
  return { ...line.written, kind: 'onbuild', trigger };
}
