/**
 * dockerfile: the language of Dockerfiles and of .dockerignore, without any effect.
 *
 * A text becomes stages of typed instructions, each with its lines; words are expanded, mounts and patterns parsed
 * when whoever builds knows the variables. Knows no image store, no context and no network.
 */

export {
  type CheckReport,
  checkDockerfile,
  checkUrl,
  describeFindings,
} from './checks/check-dockerfile.ts';
export { type BaseFacts, type CheckName, type CheckScope, type Finding, summaries } from './checks/types.ts';
export {
  argumentsOf,
  type ConfigInstruction,
  type ConfigureScope,
  configure,
  defaultShell,
  isConfigInstruction,
  withVariables,
} from './configure.ts';
export { DockerfileError, withPlace } from './errors.ts';
export { excerpt } from './excerpt.ts';
export { type ExpandOptions, expandWord, expandWords, type Lookup } from './expand.ts';
export { compileIgnore, type IgnoreRules, readIgnoreFile } from './ignore.ts';
export { parseMount } from './mount.ts';
export {
  findTarget,
  type Outline,
  type OutlinedArg,
  type OutlinedMount,
  outlineStage,
} from './outline.ts';
export { parseDockerfile, parseInstructions } from './parse.ts';
export { compilePattern, type PathPattern } from './path-pattern.ts';
export { suggest, withSuggestion } from './suggest.ts';
export type * from './types.ts';
