/**
 * flags: argument lists by table. A command declares its flags as one record; from it come the parsed
 * values with their types, the help's lines and the usage errors, all in the stock client's words.
 * Pure: knows no command and prints nothing.
 */
export { bool, bytes, duration, each, type FlagOptions, int, list, pairs, strings, text } from './kinds.ts';
export { parseArguments } from './parse.ts';
export { type Flag, type FlagTable, type FlagValues, type ParsedArguments, UsageError } from './types.ts';
export { flagUsages } from './usage.ts';
export { withVariables } from './variables.ts';
