import { EngineError } from '#base';
import { type ImagePolicy, parseAgeMs, type WaterMarks } from '#engine/images';
import type { Options } from './options.ts';

const usualMarks = { high: '85%', low: '70%', 'unused-for': '24h' };
type MarkName = keyof typeof usualMarks;

/** Nothing goes by itself unless a mark is set. @throws EngineError invalid */
export function resolveImagePolicy({ imageKeep = [], imageWaterMarks = {} }: Options): ImagePolicy {
  const isSet = Object.keys(imageWaterMarks).length > 0;
  return { keep: imageKeep, ...(isSet && { waterMarks: parseMarks(imageWaterMarks) }) };
}

function parseMarks(told: Readonly<Record<string, string>>): WaterMarks {
  const unknown = Object.keys(told).find((name) => !Object.hasOwn(usualMarks, name));
  if (unknown !== undefined) throw bad(`no such mark: ${unknown}`);
  const mark = (name: MarkName) => told[name] ?? usualMarks[name];
  const [highPercent, lowPercent] = [parsePercent(mark('high')), parsePercent(mark('low'))];
  if (lowPercent >= highPercent) throw bad('low must be below high');
  return { highPercent, lowPercent, unusedForMs: parseAgeMs(mark('unused-for')) };
}

function parsePercent(text: string): number {
  const percent = Number(/^(\d{1,3}(?:\.\d+)?)%?$/.exec(text)?.[1]);
  if (percent >= 0 && percent <= 100) return percent;
  throw bad(`not a percentage: ${text}`);
}

function bad(reason: string): EngineError {
  return new EngineError('invalid', `invalid image-water-marks: ${reason}`);
}
