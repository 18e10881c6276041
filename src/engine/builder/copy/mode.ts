import { EngineError } from '#base';

/** What is given rights: its own so far, and whether `X` means it. */
export interface ModeTarget {
  readonly mode: number;
  readonly isDirectory: boolean;
}

export type ModeChange = (target: ModeTarget) => number;

const classShift: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const specialBit: Readonly<Record<string, number>> = { u: 0o4000, g: 0o2000, o: 0 };
const clausePattern = /^([ugoa]*)((?:[-+=][rwxXst]*|[-+=][ugo])+)$/;

/**
 * Rights as `--chmod` has them: octal, or symbolic like `u=rwX,go-w`.
 * @throws EngineError invalid
 */
export function parseMode(text: string): ModeChange {
  if (/^[0-7]{1,5}$/.test(text)) {
    const mode = Number.parseInt(text, 8) & 0o7777;
    return () => mode;
  }
  const changes = text.split(',').map(parseClause);
  if (changes.includes(undefined)) {
    throw new EngineError(
      'invalid',
      `invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777`,
    );
  }
  return (target) => changes.reduce((mode, change) => change?.({ ...target, mode }) ?? mode, target.mode);
}

function parseClause(clause: string): ModeChange | undefined {
  const [, who = '', operations = ''] = clausePattern.exec(clause) ?? [];
  if (operations === '') return undefined;
  const classes = [...(who === '' || who.includes('a') ? 'ugo' : who)];
  const steps = operations.match(/[-+=][rwxXstugo]*/g) ?? [];
  return (target) => steps.reduce((mode, step) => applyStep({ ...target, mode }, classes, step), target.mode);
}

function applyStep(target: ModeTarget, classes: readonly string[], step: string): number {
  const operator = step[0];
  let { mode } = target;
  for (const who of classes) {
    const bits = bitsOf(target, who, step.slice(1));
    const all = (7 << (classShift[who] ?? 0)) | (specialBit[who] ?? 0);
    if (operator === '-') mode &= ~bits;
    else mode = (operator === '=' ? mode & ~all : mode) | bits;
  }
  return mode;
}

function bitsOf({ mode, isDirectory }: ModeTarget, who: string, letters: string): number {
  const shift = classShift[who] ?? 0;
  let bits = 0;
  for (const letter of letters) {
    if (letter === 'r') bits |= 4 << shift;
    if (letter === 'w') bits |= 2 << shift;
    if (letter === 'x' || (letter === 'X' && (isDirectory || (mode & 0o111) !== 0))) bits |= 1 << shift;
    if (letter === 's') bits |= specialBit[who] ?? 0;
    if (letter === 't') bits |= 0o1000;
    if (letter in classShift) bits |= ((mode >> (classShift[letter] ?? 0)) & 7) << shift;
  }
  return bits;
}
