import { randomInt } from 'node:crypto';
import { EngineError } from '#base';
import { adjectives, surnames } from './words.ts';

const pattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** A name as the user wrote it, with or without Docker's leading slash. @throws EngineError invalid */
export function parseName(text: string): string {
  const name = text.startsWith('/') ? text.slice(1) : text;
  if (pattern.test(name)) return name;
  throw new EngineError(
    'invalid',
    `Invalid container name (${text}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
  );
}

/** A free name of the form adjective_surname; after some bad luck with a number behind. */
export function makeUpName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${pick(adjectives)}_${pick(surnames)}${attempt < 6 ? '' : randomInt(10 ** (attempt - 5))}`;
    if (!isTaken(name)) return name;
  }
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? '';
}
