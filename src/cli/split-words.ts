/**
 * Splits a command line into words as a shell does, with single and double quotes and backslashes, but without
 * expanding anything.
 * @throws Error, when a quote is not closed
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const pattern = /\s+|((?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+)/y;
  while (pattern.lastIndex < line.length) {
    const match = pattern.exec(line);
    if (match === null) throw new Error(`unclosed quote in ${JSON.stringify(line)}`);
    if (match[1] !== undefined) words.push(unquote(match[1]));
  }
  return words;
}

function unquote(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_all, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
  );
}
