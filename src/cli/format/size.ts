const binaryUnits = 'bkmgtp';

/**
 * Bytes of a text like `512m`, `1.5GiB` or `100`; units are powers of 1024.
 * @throws Error with the stock client's words
 */
export function parseSize(text: string): number {
  const match = /^(.*[0-9. ])([^0-9. ]*)$/.exec(text);
  if (match === null) throw new Error(`invalid size: '${text}'`);
  const number = (match[1] ?? '').replace(/ $/, '');
  const suffix = (match[2] ?? '').toLowerCase();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(number)) {
    throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(number)}: invalid syntax`);
  }
  if (Number(number) < 0) throw new Error(`invalid size: '${text}'`);
  if (suffix !== '' && !/^(b|[kmgtp](i?b)?)$/.test(suffix)) throw new Error(`invalid suffix: '${suffix}'`);
  return Math.trunc(Number(number) * 1024 ** Math.max(0, binaryUnits.indexOf(suffix.charAt(0))));
}

const decimalSuffixes = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
const binarySuffixes = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];

/** A size in powers of 1000 with `digits` significant digits: `4.26MB`. */
export function decimalSize(size: number, digits = 4): string {
  return scaled(size, 1000, decimalSuffixes, digits);
}

/** A size in powers of 1024 with 4 significant digits: `7.75GiB`. */
export function binarySize(size: number, digits = 4): string {
  return scaled(size, 1024, binarySuffixes, digits);
}

function scaled(size: number, base: number, suffixes: readonly string[], digits: number): string {
  let value = size;
  let power = 0;
  while (value >= base && power < suffixes.length - 1) {
    value /= base;
    power++;
  }
  return `${formatSignificant(value, digits)}${suffixes[power]}`;
}

/** A number as Go's %.{digits}g prints it. */
function formatSignificant(value: number, digits: number): string {
  if (value === 0) return '0';
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa = '', power = ''] = value.toExponential(digits - 1).split('e');
    const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${trimmed}e${power.startsWith('-') ? '-' : '+'}${power.replace(/^[+-]/, '').padStart(2, '0')}`;
  }
  const fixed = value.toFixed(Math.max(0, digits - 1 - exponent));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}
