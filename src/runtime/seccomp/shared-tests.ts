import type { SeccompArgument } from '#oci';
import type { VerdictCase } from './verdicts.ts';

/** A case whose test is whether one argument is any of several numbers, or the case as it was. */
export interface SharedCase extends VerdictCase {
  readonly anyOf?: { readonly index: number; readonly values: readonly number[] };
}

/** Joins neighbours that give the same answer and each ask only whether one argument is some number. */
export function shareTests(cases: readonly VerdictCase[]): readonly SharedCase[] {
  const shared: SharedCase[] = [];
  for (const next of cases) {
    const test = tryEqualTest(next);
    const last = shared.at(-1);
    if (test === undefined) {
      shared.push(next);
    } else if (last?.anyOf?.index === test.index && last.value === next.value) {
      const values = [...last.anyOf.values, test.value];
      shared.splice(-1, 1, { ...last, anyOf: { index: test.index, values } });
    } else {
      shared.push({ conditions: [], value: next.value, anyOf: { index: test.index, values: [test.value] } });
    }
  }
  return shared;
}

/** The one comparison of a case, where it is with a number of 32 bits. */
function tryEqualTest({ conditions }: VerdictCase): SeccompArgument | undefined {
  const [condition, ...others] = conditions;
  const isPlain = condition?.op === 'SCMP_CMP_EQ' && condition.value >= 0 && condition.value < 2 ** 32;
  return isPlain && others.length === 0 ? condition : undefined;
}
