import { EngineError } from '#base';
import type { OciPlatform } from './image.ts';
import { decode, omittable, struct, text } from './schema.ts';

const platformObject = struct('Platform', {
  architecture: text,
  os: text,
  'os.version': omittable(text),
  variant: omittable(text),
});

const machineNames: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
  i386: ['386'],
};

/** `os[/arch[/variant]]`, or an architecture alone; what is left out is this machine's. @throws EngineError invalid */
export function parsePlatform(source: string, host: OciPlatform): OciPlatform {
  const parts = source.toLowerCase().split('/');
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) {
    throw new EngineError('invalid', `${JSON.stringify(source)} is an invalid OS/architecture specifier`);
  }
  const [os = '', machine, variant] = parts;
  if (machine === undefined) return os === host.os ? host : withVariant({ ...host, ...machinePlatform(os) });
  return withVariant({ os, ...machinePlatform(machine) }, variant);
}

/** The JSON object form that inspect, history, push, save and load take. @throws EngineError invalid */
export function parsePlatformObject(source: string): OciPlatform {
  try {
    return decode(platformObject, JSON.parse(source));
  } catch (cause) {
    throw new EngineError('invalid', `failed to parse platform: ${source}`, { cause });
  }
}

function machinePlatform(machine: string): { architecture: string; variant?: string } {
  const [architecture, variant] = machineNames[machine] ?? [machine];
  return variant === undefined ? { architecture } : { architecture, variant };
}

function withVariant(platform: OciPlatform, variant?: string): OciPlatform {
  if (variant === undefined) return platform;
  // arm64/v8 is what arm64 alone means.
  if (platform.architecture === 'arm64' && variant === 'v8') return platform;
  return { ...platform, variant };
}
