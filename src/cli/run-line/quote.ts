import type { Word } from './types.ts';

/** Words as a shell (bash, zsh) reads them. */
export function shellWords(words: readonly Word[]): string {
  return words.map(shellWord).join(' ');
}

function shellWord(word: Word): string {
  if (typeof word === 'string') return quoted(word);
  return `${quoted(word.before)}<(printf %s ${quoted(word.content)})`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** One line of comma-separated values; a field with a comma or a quote stands in quotes. */
export function csvLine(fields: readonly string[]): string {
  return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
