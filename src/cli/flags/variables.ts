import type { FlagTable } from './types.ts';

/** The flags with the initial values that an environment gives to those which name a variable. */
export function withVariables(
  table: FlagTable,
  environment: Readonly<Record<string, string | undefined>>,
): FlagTable {
  const changed: Record<string, FlagTable[string]> = {};
  for (const [name, flag] of Object.entries(table)) {
    const value = flag.variable === undefined ? undefined : environment[flag.variable];
    if (value) changed[name] = { ...flag, initial: value, defaultText: JSON.stringify(value) };
  }
  return { ...table, ...changed };
}
