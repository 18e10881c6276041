/**
 * JSON text with line breaks and indentation, every token kept as it was written (numbers too large for a
 * double, the order of keys). Empty lists and objects stay on one line.
 */
export function indentJson(json: string, unit: string): string {
  let result = '';
  let depth = 0;
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  tokens.forEach((token, position) => {
    const next = tokens[position + 1];
    if (token === '{' || token === '[') {
      const isEmpty = next === '}' || next === ']';
      if (!isEmpty) depth++;
      result += isEmpty ? token : token + newLine(unit, depth);
    } else if (token === '}' || token === ']') {
      const opened = tokens[position - 1];
      if (opened !== '{' && opened !== '[') result += newLine(unit, --depth);
      result += token;
    } else if (token === ',') result += token + newLine(unit, depth);
    else result += token === ':' ? ': ' : token;
  });
  return result;
}

function newLine(unit: string, depth: number): string {
  return `\n${unit.repeat(depth)}`;
}
