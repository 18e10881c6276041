/** The candidate that a misspelled word most likely meant, if one is near: at most two edits away. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance >= bestDistance || distance === 0) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** A message with what was likely meant. */
export function withSuggestion(message: string, word: string, candidates: readonly string[]): string {
  const meant = suggest(word, candidates);
  return meant === undefined ? message : `${message} (did you mean ${meant}?)`;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
