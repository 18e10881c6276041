import type { OptionKind, OptionSpec } from './option.ts';
import { containerOptions } from './options/containers.ts';
import { daemonOptions } from './options/daemon.ts';
import { dockerOnlyOptions } from './options/docker-only.ts';
import { imageOptions } from './options/images.ts';
import { networkOptions } from './options/networks.ts';
import { refusedOptions } from './options/refused.ts';
import { registryOptions } from './options/registries.ts';

const table = {
  ...daemonOptions,
  ...containerOptions,
  ...networkOptions,
  ...registryOptions,
  ...imageOptions,
  ...refusedOptions,
  ...dockerOnlyOptions,
};

export type OptionName = keyof typeof table;

/** Everything that can be set. */
export const optionSpecs: Readonly<Record<OptionName, OptionSpec>> = table;
export const optionNames = Object.keys(table) as OptionName[];

type ValueOf<Spec> = Spec extends { readonly kind: OptionKind<infer T> } ? T : never;

/** Settings from one source: only what it names is there. */
export type Options = { readonly [K in OptionName]?: ValueOf<(typeof table)[K]> };

/** What the kinds of the table have read, under its names. */
export function collectOptions(values: Iterable<readonly [OptionName, unknown]>): Options {
  return Object.fromEntries(values) as Options;
}
