import { EngineError } from '#base';
import { Flags } from '../flags.ts';
import { tryParseHeredocHead } from '../heredoc.ts';
import type { AddInstruction, CopyInstruction } from '../types.ts';
import { type InstructionLine, wordsOf } from './line.ts';

const shared = ['chown', 'chmod', 'link', 'exclude'];

/** @throws EngineError invalid */
export function parseCopy(line: InstructionLine): CopyInstruction {
  const flags = new Flags(line.flags, [...shared, 'from', 'parents'], ['exclude']);
  return {
    ...transferOf(line, flags),
    kind: 'copy',
    from: flags.text('from'),
    parents: flags.truth('parents') ?? false,
  };
}

/** @throws EngineError invalid */
export function parseAdd(line: InstructionLine): AddInstruction {
  const flags = new Flags(line.flags, [...shared, 'checksum', 'keep-git-dir', 'unpack'], ['exclude']);
  return {
    ...transferOf(line, flags),
    kind: 'add',
    checksum: flags.text('checksum'),
    keepGitDir: flags.truth('keep-git-dir'),
    unpack: flags.truth('unpack'),
  };
}

function transferOf(line: InstructionLine, flags: Flags) {
  const words = wordsOf(line);
  const destination = words.at(-1);
  if (destination === undefined || words.length < 2) throw withoutDestination(line.name);
  const sources = words.slice(0, -1);
  if (tryParseHeredocHead(destination) !== undefined) {
    throw new EngineError('invalid', `${line.name} cannot accept a heredoc as a destination`);
  }
  return {
    ...line.written,
    sources: line.heredocs.length === 0 ? sources : sources.filter((word) => !tryParseHeredocHead(word)),
    destination,
    heredocs: line.heredocs,
    chown: flags.text('chown'),
    chmod: flags.text('chmod'),
    link: flags.truth('link') ?? false,
    excludes: flags.texts('exclude'),
  };
}

function withoutDestination(name: string): EngineError {
  return new EngineError(
    'invalid',
    `${name} requires at least two arguments, but only one was provided. Destination could not be determined`,
  );
}
