import { splitWords } from './words.ts';

/** The head of a here-document as it stands in a line: `<<EOF`, `<<-"EOF"`. */
export interface HeredocHead {
  readonly name: string;
  readonly expand: boolean;
  readonly chomp: boolean;
}

const headPattern = /^(\d*)<<(-?)([^<].*)$/s;

/** The here-document that a word begins; undefined when it begins none. */
export function tryParseHeredocHead(word: string): HeredocHead | undefined {
  const [, descriptor, dash = '', rest = ''] = headPattern.exec(word) ?? [];
  if (descriptor === undefined) return undefined;
  const quoted = /^(?:"([^"]+)"|'([^']+)')$/.exec(rest);
  const name = quoted?.[1] ?? quoted?.[2] ?? rest;
  if (name === '' || /["'$`\s]/.test(name)) return undefined;
  return {
    name: name.replaceAll('\\', ''),
    expand: quoted === null && !rest.includes('\\'),
    chomp: dash === '-',
  };
}

/** All here-documents that a line begins, in their order. */
export function heredocHeads(line: string, escapeToken: string): HeredocHead[] {
  if (!line.includes('<<')) return [];
  return splitWords(line, escapeToken).flatMap((word) => tryParseHeredocHead(word) ?? []);
}

/** Drops the tabs that lines begin with. */
export function chompTabs(content: string): string {
  return content.replace(/^\t+/gm, '');
}
