import { EngineError } from './errors.ts';

const truths = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falsehoods = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** A truth value as Go reads it. @throws EngineError invalid, in Go's words */
export function parseTruth(text: string): boolean {
  if (truths.includes(text)) return true;
  if (falsehoods.includes(text)) return false;
  throw new EngineError('invalid', `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}
