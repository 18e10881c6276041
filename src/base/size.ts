import { EngineError } from './errors.ts';

const units = ['', 'k', 'm', 'g', 't', 'p'];

/**
 * A number of bytes as Docker's options give it: `10m`, `1.5 GB`; `thousand` is what k stands for.
 * @throws EngineError invalid
 */
export function parseSize(text: string, thousand: 1000 | 1024): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])i?)?b?$/i.exec(text) ?? [];
  if (number === undefined) throw new EngineError('invalid', `invalid size: '${text}'`);
  return Math.floor(Number(number) * thousand ** units.indexOf(unit.toLowerCase()));
}
