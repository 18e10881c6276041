import { printNumber, printValue, quote, typeNameOf, type Value } from './values.ts';

interface Verb {
  readonly letter: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

/** Go's `fmt.Sprintf` for the values that templates hold. */
export function formatPrintf(format: string, args: readonly Value[]): string {
  let next = 0;
  const directive = /%([-+# 0]*)(\d*|\*)(?:\.(\d*))?([a-zA-Z%])/g;
  const text = format.replace(
    directive,
    (_, flags: string, width: string, precision: string | undefined, letter: string) => {
      if (letter === '%') return '%';
      const columns = width === '*' ? Number(args[next++]) : Number(width || 0);
      if (next >= args.length) return `%!${letter}(MISSING)`;
      const verb = {
        letter,
        flags,
        width: columns,
        precision: precision === undefined ? undefined : Number(precision),
      };
      return pad(formatVerb(verb, args[next++]), verb);
    },
  );
  if (next >= args.length) return text;
  const extra = args.slice(next).map((arg) => `${typeNameOf(arg)}=${printValue(arg)}`);
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatVerb(verb: Verb, value: Value): string {
  switch (verb.letter) {
    case 'v':
      return verb.flags.includes('#') && typeof value === 'string' ? quote(value) : printValue(value);
    case 's':
      return formatString(verb, value);
    case 'q':
      return quote(typeof value === 'number' ? String.fromCodePoint(value) : printValue(value));
    case 't':
      return typeof value === 'boolean' ? String(value) : mismatch(verb, value);
    case 'T':
      return typeNameOf(value);
    case 'x':
    case 'X':
      return formatHex(verb, value);
    default:
      return typeof value === 'number' ? formatNumber(verb, value) : mismatch(verb, value);
  }
}

function formatString(verb: Verb, value: Value): string {
  if (typeof value === 'number' || typeof value === 'boolean') return mismatch(verb, value);
  const text = value === null || value === undefined ? '%!s(<nil>)' : printValue(value);
  return verb.precision === undefined ? text : [...text].slice(0, verb.precision).join('');
}

function formatHex(verb: Verb, value: Value): string {
  if (typeof value !== 'number' && typeof value !== 'string') return mismatch(verb, value);
  const text = typeof value === 'number' ? value.toString(16) : Buffer.from(value).toString('hex');
  const prefixed = verb.flags.includes('#') ? `0x${text}` : text;
  return verb.letter === 'X' ? prefixed.toUpperCase() : prefixed;
}

function formatNumber(verb: Verb, value: number): string {
  const text = numberText(verb, value);
  return verb.flags.includes('+') && value >= 0 && text !== undefined
    ? `+${text}`
    : (text ?? mismatch(verb, value));
}

function numberText({ letter, precision }: Verb, value: number): string | undefined {
  switch (letter) {
    case 'd':
      return Number.isInteger(value) ? printNumber(value) : undefined;
    case 'f':
    case 'F':
      return value.toFixed(precision ?? 6);
    case 'e':
      return value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2');
    case 'g':
      return precision === undefined
        ? printNumber(value)
        : printNumber(Number(value.toPrecision(precision || 1)));
    case 'c':
      return String.fromCodePoint(value);
    case 'b':
      return value.toString(2);
    case 'o':
      return value.toString(8);
    default:
      return undefined;
  }
}

function mismatch(verb: Verb, value: Value): string {
  return `%!${verb.letter}(${typeNameOf(value)}=${printValue(value)})`;
}

function pad(text: string, { flags, width }: Verb): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.test(text) ? text.charAt(0) : '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
