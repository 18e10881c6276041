import { EngineError } from '#base';
import { Flags } from '../flags.ts';
import type { FromInstruction } from '../types.ts';
import { splitBlanks } from '../words.ts';
import { commentOn, type InstructionLine } from './line.ts';

const stageNamePattern = /^[a-z][a-z0-9\-_.]*$/;

/** `FROM [--platform=P] BASE [AS NAME]`. @throws EngineError invalid */
export function parseFrom(line: InstructionLine): FromInstruction {
  const flags = new Flags(line.flags, ['platform']);
  const [base, as, name, ...more] = splitBlanks(line.rest);
  const named = as?.toLowerCase() === 'as' && name !== undefined;
  if (base === undefined || more.length > 0 || (as !== undefined && !named)) {
    throw new EngineError('invalid', 'FROM requires either one or three arguments');
  }
  return {
    ...line.written,
    kind: 'from',
    base,
    platform: flags.text('platform'),
    stageName: name === undefined ? undefined : parseStageName(name),
    spelledStageName: name,
    spelledAs: as,
    comment: name === undefined ? undefined : commentOn(name, line.comments),
    isCommented: line.comments.length > 0,
  };
}

function parseStageName(name: string): string {
  const lower = name.toLowerCase();
  if (stageNamePattern.test(lower)) return lower;
  throw new EngineError(
    'invalid',
    `invalid name for build stage: ${JSON.stringify(name)}, name can't start with a number or contain symbols`,
  );
}
