import type { RetentionRule } from '#registry-api';

/** A tag, as rules see it. */
export interface AgingTag {
  readonly name: string;
  readonly updatedMs: number;
}

/**
 * The tags of a repository that have to go.
 * @param repository its name without the project
 */
export function selectExpired<T extends AgingTag>(
  rules: readonly RetentionRule[],
  repository: string,
  tags: readonly T[],
  nowMs: number,
): T[] {
  const ruleOf = (tag: T) =>
    rules.find((rule) => fits(rule.repositories ?? '*', repository) && fits(rule.tags, tag.name));
  const newestFirst = [...tags].sort((one, other) => other.updatedMs - one.updatedMs);
  return rules.flatMap((rule) => {
    const held = newestFirst.filter((tag) => ruleOf(tag) === rule);
    return held.filter((tag, place) => isExpired(rule, tag, place, nowMs));
  });
}

/** Of a rule with both limits a tag must be past both. */
function isExpired({ olderThanMs, keepNewest }: RetentionRule, tag: AgingTag, place: number, nowMs: number) {
  if (olderThanMs === undefined && keepNewest === undefined) return false;
  const isOld = olderThanMs === undefined || tag.updatedMs < nowMs - olderThanMs;
  return isOld && place >= (keepNewest ?? 0);
}

/** Whether a text is what a pattern of literal text and `*` says. */
function fits(pattern: string, text: string): boolean {
  const [first = '', ...pieces] = pattern.split('*');
  const last = pieces.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first)) return false;
  // The first place where each piece is found is as good as any: no step ever has to be taken back.
  let reached = first.length;
  for (const piece of pieces) {
    const place = text.indexOf(piece, reached);
    if (place < 0) return false;
    reached = place + piece.length;
  }
  return text.length - last.length >= reached && text.endsWith(last);
}
