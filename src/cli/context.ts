import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * The daemon's address that a named context holds; undefined when it names none.
 * @throws Error when there is no such context
 */
export function readContextHost(configDirectory: string, name: string): string | undefined {
  const folder = createHash('sha256').update(name).digest('hex');
  const path = `${configDirectory}/contexts/meta/${folder}/meta.json`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Error(`context "${name}": context not found: open ${path}: no such file or directory`);
  }
  const meta = JSON.parse(text) as { Endpoints?: { docker?: { Host?: string } } };
  return meta.Endpoints?.docker?.Host || undefined;
}
