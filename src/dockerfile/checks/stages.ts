import { expandWord } from '../expand.ts';
import { suggest } from '../suggest.ts';
import type { Dockerfile } from '../types.ts';
import type { CheckScope, Finding, Inspect } from './types.ts';
import { readVariables } from './variables.ts';

/** Checks of FROM lines. */
export const stages: readonly Inspect[] = [names, keywords, platforms, bases, descriptions];

const reserved = ['context', 'scratch'];

function* names({ stages: list }: Dockerfile): Generator<Finding> {
  const seen = new Set<string>();
  for (const { name, from } of list) {
    const { range, spelledStageName: spelled } = from;
    if (name === undefined || spelled === undefined) continue;
    if (spelled !== name) {
      yield { check: 'StageNameCasing', text: `Stage name '${spelled}' should be lowercase`, range };
    }
    if (reserved.includes(name)) {
      const text = `Stage name should not use the same name as reserved stage ${JSON.stringify(name)}`;
      yield { check: 'ReservedStageName', text, range };
    }
    if (seen.has(name)) {
      const text = `Duplicate stage name ${JSON.stringify(name)}, stage names should be unique`;
      yield { check: 'DuplicateStageName', text, range };
    }
    seen.add(name);
  }
}

function* keywords({ stages: list }: Dockerfile): Generator<Finding> {
  for (const { from } of list) {
    const { spelled, spelledAs, range } = from;
    if (spelledAs === undefined || isUpper(spelled) === isUpper(spelledAs)) continue;
    const text = `'${spelledAs}' and '${spelled}' keywords' casing do not match`;
    yield { check: 'FromAsCasing', text, range };
  }
}

function isUpper(word: string): boolean {
  return word === word.toUpperCase();
}

function* platforms({ stages: list }: Dockerfile): Generator<Finding> {
  for (const { from } of list) {
    const { platform, range } = from;
    if (platform === undefined) continue;
    if (/^\$(?:TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(platform)) {
      const text = `Setting platform to predefined ${platform} in FROM is redundant as this is the default behavior`;
      yield { check: 'RedundantTargetPlatform', text, range };
    } else if (!platform.includes('$')) {
      const text = `FROM --platform flag should not use constant value ${JSON.stringify(platform)}`;
      yield { check: 'FromPlatformFlagConstDisallowed', text, range };
    }
  }
}

const predefined = ['TARGET', 'BUILD'].flatMap((side) =>
  ['PLATFORM', 'OS', 'ARCH', 'VARIANT'].map((part) => `${side}${part}`),
);

/** Arguments that FROM uses, and what the image is without any from the command line. */
function* bases(file: Dockerfile, scope: CheckScope): Generator<Finding> {
  const { escapeToken } = file.directives;
  const values = new Map(predefined.map((name) => [name, 'x']));
  for (const { args } of file.globalArgs) {
    for (const { name, value } of args) values.set(name, value ?? '');
  }
  for (const { from } of file.stages) {
    const { range, base, platform = '' } = from;
    const unknown = readVariables([base, platform], escapeToken).filter((name) => !values.has(name));
    for (const name of unknown) {
      const close = suggest(name, [...values.keys()]);
      const hint = close === undefined ? '' : ` (did you mean ${close}?)`;
      yield { check: 'UndefinedArgInFrom', text: `FROM argument '${name}' is not declared${hint}`, range };
    }
    const name = expandWord(base, (variable) => values.get(variable), { escapeToken });
    if (base.includes('$') && unknown.length === 0 && !/^[\w.-]+(?:[:/@][\w.-]+)*$/.test(name)) {
      const text = `Default value for ARG ${base} results in empty or invalid base image name`;
      yield { check: 'InvalidDefaultArgInFrom', text, range };
    }
    const facts = platform === '' ? scope.baseOf(name) : undefined;
    if (facts !== undefined && facts.platform !== scope.platform) {
      const pulled = `${JSON.stringify(facts.platform)}, expected ${JSON.stringify(scope.platform)}`;
      const text = `Base image ${name} was pulled with platform ${pulled} for current build`;
      yield { check: 'InvalidBaseImagePlatform', text, range };
    }
  }
}

/** A comment right above a stage or argument tells what it is: `# NAME text`. */
function* descriptions({ globalArgs, stages: list }: Dockerfile): Generator<Finding> {
  const described = [
    ...globalArgs.map((arg) => ({ ...arg, name: arg.args[0]?.name ?? '' })),
    ...list.flatMap(({ from, name }) => (name === undefined ? [] : [{ ...from, name }])),
  ];
  for (const { isCommented, comment, range } of described) {
    if (!isCommented || comment !== undefined) continue;
    const text =
      'Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`';
    yield { check: 'InvalidDefinitionDescription', text, range };
  }
}
