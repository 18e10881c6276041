/**
 * run-line: from a container back to the `run` line that makes the same one. Pure: takes what `inspect`
 * says of the container and of its image, and what the daemon does unasked, so that the line holds only
 * what somebody asked for. What no flag can say is told as well as flags can: an entrypoint of several
 * words becomes one with arguments. Files that the container does not keep (`--cidfile`) are left out.
 */
export { shellWords } from './quote.ts';
export { type RunParts, runParts } from './run-parts.ts';
export type { Inherited, Word } from './types.ts';
