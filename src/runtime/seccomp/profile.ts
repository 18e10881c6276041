import { EngineError, errorMessage } from '#base';
import {
  type LinuxSeccomp,
  type SeccompAction,
  type SeccompRule,
  seccompDefaultFields,
  seccompRuleFields,
  shape,
} from '#oci';
import { nativeArchitecture } from './architectures.ts';

/** A system call filter in Docker's profile format: rules that may hang on capabilities, kernel, architecture. */
export interface SeccompProfile {
  readonly defaultAction: SeccompAction;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly archMap?: readonly ArchitectureGroup[];
  readonly flags?: readonly string[];
  readonly syscalls: readonly ProfileRule[];
}

export interface ArchitectureGroup {
  readonly architecture: string;
  readonly subArchitectures?: readonly string[];
}

export interface ProfileRule extends Omit<SeccompRule, 'names'> {
  readonly names?: readonly string[];
  /** The older form of a rule with one name. */
  readonly name?: string;
  readonly includes?: RuleCondition;
  readonly excludes?: RuleCondition;
}

export interface RuleCondition {
  readonly caps?: readonly string[];
  /** In Go's names: `amd64`. */
  readonly arches?: readonly string[];
  /** `major.minor` */
  readonly minKernel?: string;
}

/** What a profile's conditions are judged by. */
export interface SeccompTarget {
  /** The container's bounding set, as names. */
  readonly capabilities: readonly string[];
  /** As uname(2) gives it. */
  readonly kernelRelease: string;
}

const { list, object, text } = shape;
const condition = object<RuleCondition>({ caps: list(text), arches: list(text), minKernel: text });
const profile = object<SeccompProfile>(
  {
    ...seccompDefaultFields,
    archMap: list(
      object<ArchitectureGroup>({ architecture: text, subArchitectures: list(text) }, 'architecture'),
    ),
    syscalls: list(
      object<ProfileRule>(
        { ...seccompRuleFields, name: text, includes: condition, excludes: condition },
        'action',
      ),
    ),
  },
  'defaultAction',
  'syscalls',
);

/** Reads the JSON text of a profile. @throws EngineError invalid */
export function parseSeccompProfile(content: string): SeccompProfile {
  try {
    return profile(JSON.parse(content), '');
  } catch (cause) {
    const reason = errorMessage(cause).replace(/^invalid OCI configuration: /, '');
    throw new EngineError('invalid', `Decoding seccomp profile failed: ${reason}`, { cause });
  }
}

const resolved = new WeakMap<SeccompProfile, Map<string, LinuxSeccomp>>();

/**
 * The part of a profile that counts for one container. The same profile object and target give the same
 * object again, by which compile() finds the program it has made before.
 */
export function resolveSeccomp(profile: SeccompProfile, target: SeccompTarget): LinuxSeccomp {
  let known = resolved.get(profile);
  if (known === undefined) {
    known = new Map();
    resolved.set(profile, known);
  }
  const key = `${target.kernelRelease} ${target.capabilities.toSorted().join()}`;
  let filter = known.get(key);
  if (filter === undefined) {
    filter = selectRules(profile, target);
    known.set(key, filter);
  }
  return filter;
}

function selectRules(profile: SeccompProfile, target: SeccompTarget): LinuxSeccomp {
  const { defaultAction, defaultErrnoRet, flags } = profile;
  return {
    defaultAction,
    ...(defaultErrnoRet !== undefined && { defaultErrnoRet }),
    architectures: architecturesOf(profile),
    ...(flags && { flags }),
    syscalls: profile.syscalls.filter((rule) => applies(rule, target)).map(plainRule),
  };
}

function architecturesOf({ architectures, archMap }: SeccompProfile): readonly string[] {
  const native = nativeArchitecture();
  const group = archMap?.find(({ architecture }) => architecture === native);
  return group === undefined ? (architectures ?? [native]) : [native, ...(group.subArchitectures ?? [])];
}

function plainRule({ name, names, includes: _, excludes: __, ...rule }: ProfileRule): SeccompRule {
  return { ...rule, names: names ?? (name === undefined ? [] : [name]) };
}

/** Every condition of `includes` must hold; any one of `excludes` that holds drops the rule. */
function applies({ includes = {}, excludes = {} }: ProfileRule, target: SeccompTarget): boolean {
  const { capabilities, kernelRelease } = target;
  const hasCapability = (name: string) => capabilities.includes(name);
  const isHere = (name: string) => name === goArchitecture();
  return (
    (includes.caps ?? []).every(hasCapability) &&
    (!includes.arches?.length || includes.arches.some(isHere)) &&
    (includes.minKernel === undefined || isKernelAtLeast(kernelRelease, includes.minKernel)) &&
    !(excludes.caps ?? []).some(hasCapability) &&
    !(excludes.arches ?? []).some(isHere) &&
    !(excludes.minKernel !== undefined && isKernelAtLeast(kernelRelease, excludes.minKernel))
  );
}

function goArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

function isKernelAtLeast(release: string, minimum: string): boolean {
  const [major = 0, minor = 0] = release.split(/[.-]/).map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = minimum.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
