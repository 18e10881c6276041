/** The fields of one line of comma-separated values; a field in double quotes may hold commas. */
export function parseCsv(line: string): string[] {
  const fields: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,"]*))(,|$)/y;
  while (pattern.lastIndex <= line.length) {
    const match = pattern.exec(line);
    if (match === null)
      throw new Error(`parse error on line 1, column ${pattern.lastIndex + 1}: bare " in non-quoted-field`);
    fields.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === '') break;
  }
  return fields;
}
