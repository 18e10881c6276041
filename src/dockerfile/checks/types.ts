import type { IgnoreRules } from '../ignore.ts';
import type { Dockerfile, SourceRange } from '../types.ts';

/** What each check is about, by its name in BuildKit. */
export const summaries = {
  ConsistentInstructionCasing: 'All commands within the Dockerfile should use the same casing',
  CopyIgnoredFile: 'Attempting to Copy file that is excluded by .dockerignore',
  DuplicateStageName: 'Stage names should be unique',
  ExposeInvalidFormat: 'IP address and host-port mapping should not be used in EXPOSE instruction',
  ExposeProtoCasing: 'Protocol in EXPOSE instruction should be lowercase',
  FromAsCasing: "The 'as' keyword should match the case of the 'from' keyword",
  FromPlatformFlagConstDisallowed: 'FROM --platform flag should not use a constant value',
  InvalidBaseImagePlatform: 'Base image platform does not match expected target platform',
  InvalidDefaultArgInFrom: 'Default value for global ARG results in an empty or invalid base image name',
  InvalidDefinitionDescription: 'Comment for build stage or argument should follow the format',
  JSONArgsRecommended: 'JSON arguments recommended for ENTRYPOINT/CMD',
  LegacyKeyValueFormat: 'Legacy key/value format with whitespace separator should not be used',
  MaintainerDeprecated: 'The MAINTAINER instruction is deprecated, use a label instead',
  MultipleInstructionsDisallowed:
    'Multiple instructions of the same type should not be used in the same stage',
  NoEmptyContinuation: 'Empty continuation lines will become errors in a future release',
  RedundantTargetPlatform: 'Setting platform to predefined $TARGETPLATFORM in FROM is redundant',
  ReservedStageName: 'Reserved words should not be used as stage names',
  SecretsUsedInArgOrEnv: 'Sensitive data should not be used in the ARG or ENV commands',
  StageNameCasing: 'Stage names should be lowercase',
  UndefinedArgInFrom: 'FROM command must use declared ARGs',
  UndefinedVar: 'Variables should be defined before their use',
  WorkdirRelativePath: 'Relative workdir without an absolute workdir declared within the build',
} as const;

export type CheckName = keyof typeof summaries;

/** Checks that are only made when they are asked for. */
export const experimental: ReadonlySet<CheckName> = new Set<CheckName>(['InvalidDefinitionDescription']);

/** Something that a Dockerfile should not do. */
export interface Finding {
  readonly check: CheckName;
  /** What is wrong here. */
  readonly text: string;
  readonly range: SourceRange;
}

/** What is known beside the file itself. */
export interface CheckScope {
  readonly ignore: IgnoreRules | undefined;
  /** Platform of the target, as `linux/amd64`. */
  readonly platform: string;
  /** What is known of a base image; undefined for one that is not here. */
  baseOf(reference: string): BaseFacts | undefined;
}

export interface BaseFacts {
  readonly platform: string;
  /** Names of its variables. */
  readonly variables: readonly string[];
  readonly workingDir: string;
}

/** Looks for one kind of thing. */
export type Inspect = (file: Dockerfile, scope: CheckScope) => Iterable<Finding>;
