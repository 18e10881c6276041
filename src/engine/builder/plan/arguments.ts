import { type ArgInstruction, expandWord, type Lookup } from '#dockerfile';
import { formatPlatform, type Platform } from '#oci';
import type { PlanOptions } from './types.ts';

/** A variable that ARG declared; without a value it is not set. */
export interface DeclaredArg {
  readonly name: string;
  readonly value: string | undefined;
}

const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];

/** Proxy variables are given to RUN without being declared, and are no part of what the result depends on. */
export const proxyNames: readonly string[] = proxies.flatMap((name) => [name, name.toLowerCase()]);

/** What the machine and the target are, for the ARGs that everybody may declare. */
function platformArgs({
  platform,
  buildPlatform,
  target,
}: Pick<PlanOptions, 'platform' | 'buildPlatform' | 'target'>): Readonly<Record<string, string>> {
  return {
    ...argsOf('TARGET', platform),
    ...argsOf('BUILD', buildPlatform),
    TARGETSTAGE: target === '' ? 'default' : target,
  };
}

function argsOf(prefix: string, platform: Platform): Record<string, string> {
  return {
    [`${prefix}PLATFORM`]: formatPlatform(platform),
    [`${prefix}OS`]: platform.os,
    [`${prefix}ARCH`]: platform.architecture,
    [`${prefix}VARIANT`]: platform.variant ?? '',
  };
}

/** Names are the user's: `constructor` is one as good as another. */
export function ownValue<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The ARGs before the first stage, which only FROM lines see. @throws EngineError invalid */
export function globalArgs(
  instructions: readonly ArgInstruction[],
  options: PlanOptions,
  escapeToken: string,
): ReadonlyMap<string, string> {
  const values = new Map(Object.entries(platformArgs(options)));
  const lookup: Lookup = (name) => values.get(name);
  for (const { args } of instructions) {
    for (const { name, value } of args) {
      const given =
        ownValue(options.buildArgs, name) ?? (value && expandWord(value, lookup, { escapeToken }));
      if (given !== undefined) values.set(name, given);
    }
  }
  return values;
}

/**
 * What an ARG of a stage comes to: the build's argument, else its own default, else the one before the first stage.
 * @throws EngineError invalid
 */
export function declareArgs(
  { args }: ArgInstruction,
  scope: {
    readonly buildArgs: Readonly<Record<string, string>>;
    readonly global: ReadonlyMap<string, string>;
    readonly lookup: Lookup;
    readonly escapeToken: string;
  },
): DeclaredArg[] {
  return args.map(({ name, value }) => {
    const own = value === undefined ? undefined : expandWord(value, scope.lookup, scope);
    return { name, value: ownValue(scope.buildArgs, name) ?? own ?? scope.global.get(name) };
  });
}
