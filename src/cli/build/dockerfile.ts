import { existsSync, readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { readIgnoreFile } from '#dockerfile';
import { fileFailure, readTextFile } from '../read-text-file.ts';

/** The Dockerfile of a context that is a directory. */
export interface Dockerfile {
  readonly text: string;
  /** Its path in the context. */
  readonly sentAs: string;
  /** It is not one of the directory's files. */
  readonly isElsewhere: boolean;
  /** What it leaves out of the context. */
  readonly patterns: readonly string[];
}

/** A Dockerfile that is not of the context has this name in it. */
const sentName = '.dockerfile.sent';

/**
 * @param file its path; empty for the usual one
 * @param stdin reads it when FILE is `-`
 * @throws Error, for a directory or Dockerfile that can't be read
 */
export async function readDockerfile(
  directory: string,
  file: string,
  stdin: () => Promise<string>,
): Promise<Dockerfile> {
  checkDirectory(directory);
  if (file === '-') {
    return {
      text: await stdin(),
      sentAs: sentName,
      isElsewhere: true,
      patterns: patternsOf([`${directory}/`]),
    };
  }
  const path = file === '' ? resolve(directory, 'Dockerfile') : resolve(file);
  const inside = relative(directory, path);
  const isElsewhere = inside.startsWith('..');
  const patterns = patternsOf([path, `${directory}/`]);
  return { text: readTextFile(path), sentAs: isElsewhere ? sentName : inside, isElsewhere, patterns };
}

/** Of the first place that has an ignore file: the Dockerfile's own goes before the context's. */
function patternsOf(places: readonly string[]): string[] {
  const found = places.map((place) => `${place}.dockerignore`).find((path) => existsSync(path));
  return found === undefined ? [] : readIgnoreFile(readFileSync(found, 'utf8'));
}

function checkDirectory(directory: string): void {
  try {
    if (statSync(directory).isDirectory()) return;
  } catch (error) {
    throw new Error(`unable to prepare context: ${fileFailure(directory, error)}`);
  }
  throw new Error(`unable to prepare context: context must be a directory: ${resolve(directory)}`);
}
