import type { HostConfig } from '#api';
import type { Surroundings } from './types.ts';

type SecurityPart = Pick<HostConfig, 'SecurityOpt' | 'MaskedPaths' | 'ReadonlyPaths'>;

/**
 * What the values of `--security-opt` mean: a seccomp profile is sent as its content, and
 * `systempaths=unconfined` as empty lists of paths.
 */
export function describeSecurity(options: readonly string[], around: Surroundings): SecurityPart {
  const texts = options.map((option) => readOption(option, around));
  const unmasked = texts.includes('systempaths=unconfined');
  const kept = texts.filter((text) => text !== 'systempaths=unconfined');
  return {
    SecurityOpt: options.length === 0 ? null : kept,
    MaskedPaths: unmasked ? [] : null,
    ReadonlyPaths: unmasked ? [] : null,
  };
}

type CapabilityPart = Pick<HostConfig, 'CapAdd' | 'CapDrop'>;

/** Capabilities by their full names in order; adding wins over dropping. */
export function describeCapabilities(add: readonly string[], drop: readonly string[]): CapabilityPart {
  const added = capabilitySet(add);
  const dropped = capabilitySet(drop).filter((name) => !added.includes(name));
  return { CapAdd: added.length === 0 ? null : added, CapDrop: dropped.length === 0 ? null : dropped };
}

function capabilitySet(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.trim().toUpperCase()).map(withPrefix))].sort();
}

function withPrefix(name: string): string {
  return name === 'ALL' || name === 'RESET' || name.startsWith('CAP_') ? name : `CAP_${name}`;
}

function readOption(option: string, around: Surroundings): string {
  if (option === 'writable-cgroups') return option;
  const [name = '', value] = option.split(/[=:](.*)/s);
  if (value === undefined) {
    if (option !== 'no-new-privileges') throw new Error(`Invalid --security-opt: ${JSON.stringify(option)}`);
    return option;
  }
  if (name !== 'seccomp' || value === 'unconfined' || value === 'builtin') return option;
  return `seccomp=${compactProfile(value, around)}`;
}

function compactProfile(path: string, around: Surroundings): string {
  let content: string;
  try {
    content = around.readFile(path);
  } catch (error) {
    throw new Error(`opening seccomp profile (${path}) failed: ${(error as Error).message}`);
  }
  try {
    return JSON.stringify(JSON.parse(content));
  } catch (error) {
    throw new Error(`compacting json for seccomp profile (${path}) failed: ${(error as Error).message}`);
  }
}
