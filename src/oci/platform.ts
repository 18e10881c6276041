import { EngineError } from '#base';
import { optionalString, type WireRecord } from './decode.ts';

/** Where an image runs: `os/architecture[/variant]`, in the names that Go uses. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

const architectureAliases: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  aarch64: ['arm64'],
  i386: ['386'],
  i686: ['386'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
};

const systems =
  'aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows'.split(
    ' ',
  );
const architectures =
  '386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm'.split(' ');

/** Reads `os/arch[/variant]`, `arch` or `os`. @throws EngineError invalid, in containerd's words */
export function parsePlatform(text: string): Platform {
  const refuse = (reason: string) => new EngineError('invalid', `"${text}": ${reason}: invalid argument`);
  const parts = text.split('/');
  const [first = '', second, third] = parts;
  if (parts.length > 3) throw refuse('cannot parse platform specifier');
  if (parts.some((part) => !/^[A-Za-z0-9_.-]+$/.test(part))) throw refuse('invalid platform component');
  if (second !== undefined) return normalise(first, second, third);
  if (systems.includes(first.toLowerCase())) return { ...hostPlatform(), os: first.toLowerCase() };
  const platform = normalise('linux', first, undefined);
  if (architectures.includes(platform.architecture)) return platform;
  throw refuse('unknown operating system or architecture');
}

export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** The platform of this machine. */
export function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return normalise('linux', names[process.arch] ?? process.arch, undefined);
}

export function decodePlatform(record: WireRecord): Platform {
  return normalise(
    optionalString(record, 'os') ?? '',
    optionalString(record, 'architecture') ?? '',
    optionalString(record, 'variant'),
  );
}

/** Whether a machine of platform `wanted` runs what was made for `offered`. */
export function matchesPlatform(wanted: Platform, offered: Platform): boolean {
  if (wanted.os !== offered.os || wanted.architecture !== offered.architecture) return false;
  return variantRank(offered) <= variantRank(wanted);
}

/** Of the offers that match, the one nearest to `wanted`; the first one among equals. */
export function selectPlatform<T>(
  wanted: Platform,
  offers: readonly T[],
  platformOf: (offer: T) => Platform | undefined,
): T | undefined {
  let best: T | undefined;
  let bestRank = -1;
  for (const offer of offers) {
    const platform = platformOf(offer);
    if (platform === undefined || !matchesPlatform(wanted, platform)) continue;
    if (variantRank(platform) <= bestRank) continue;
    best = offer;
    bestRank = variantRank(platform);
  }
  return best;
}

function normalise(os: string, architecture: string, variant: string | undefined): Platform {
  const lower = architecture.toLowerCase();
  const [name, implied] = architectureAliases[lower] ?? [lower];
  const chosen = variant ?? implied;
  return { os: os.toLowerCase(), architecture: name, ...(chosen !== undefined && { variant: chosen }) };
}

const defaultVariants: Readonly<Record<string, number>> = { arm: 7, arm64: 8, amd64: 1 };

/** `v7` → 7; an absent variant is the architecture's usual one. */
function variantRank({ architecture, variant }: Platform): number {
  return variant === undefined
    ? (defaultVariants[architecture] ?? 0)
    : Number(variant.replace(/^v/, '')) || 0;
}
