import type { EngineEvent, EngineFact } from './types.ts';

/** One file of the history. Its name holds its place in the order and the time of its first event. */
export interface Segment {
  readonly name: string;
  readonly position: number;
  readonly firstNs: bigint;
}

const namePattern = /^(\d{10})-(\d{1,20})\.jsonl$/;

export function nameSegment(position: number, firstNs: bigint): Segment {
  return { name: `${String(position).padStart(10, '0')}-${firstNs}.jsonl`, position, firstNs };
}

/** Undefined for a file that is no segment. */
export function tryParseSegment(name: string): Segment | undefined {
  const [, position, firstNs] = namePattern.exec(name) ?? [];
  if (position === undefined || firstNs === undefined) return undefined;
  return { name, position: Number(position), firstNs: BigInt(firstNs) };
}

/** The time stands before the JSON: a JavaScript number can't hold it. */
export function encodeLine({ timeNs, ...fact }: EngineEvent): string {
  return `${timeNs} ${JSON.stringify(fact)}\n`;
}

/** The events of a segment's text from a moment on; a line that a power cut has torn is passed over. */
export function parseLines(text: string, sinceNs: bigint): EngineEvent[] {
  const events: EngineEvent[] = [];
  for (const line of text.split('\n')) {
    const at = line.indexOf(' ');
    const time = line.slice(0, at);
    if (!/^\d{1,20}$/.test(time)) continue;
    const timeNs = BigInt(time);
    const fact = timeNs < sinceNs ? undefined : tryParseFact(line.slice(at + 1));
    if (fact !== undefined) events.push({ ...fact, timeNs });
  }
  return events;
}

function tryParseFact(text: string): EngineFact | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFact(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Our own lines: what has the shape is a fact. */
function isFact(value: unknown): value is EngineFact {
  if (typeof value !== 'object' || value === null) return false;
  const { type, action, id, attributes }: Partial<Record<string, unknown>> = { ...value };
  const areTexts = [type, action, id].every((text) => typeof text === 'string');
  return areTexts && typeof attributes === 'object' && attributes !== null;
}
