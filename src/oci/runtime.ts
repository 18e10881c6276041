import type { ProcessSpec } from './runtime-process.ts';
import type { LinuxResources } from './runtime-resources.ts';
import type { LinuxSeccomp } from './runtime-seccomp.ts';

/** The version of the runtime specification that Wharf writes. */
export const runtimeSpecVersion = '1.2.0';

/** `config.json` of an OCI bundle (runtime-spec, config.md), in the standard's own casing. */
export interface RuntimeSpec {
  readonly ociVersion: string;
  readonly root?: RuntimeRoot;
  readonly process?: ProcessSpec;
  readonly hostname?: string;
  readonly domainname?: string;
  readonly mounts?: readonly RuntimeMount[];
  readonly hooks?: RuntimeHooks;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: LinuxSpec;
}

export interface RuntimeRoot {
  /** Relative to the bundle when not absolute. */
  readonly path: string;
  readonly readonly?: boolean;
}

export interface RuntimeMount {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
}

/**
 * One mount that makes up a root file system; its target is the root's own path. Of type `placed` the source is a
 * mount that has no place yet, by a path of its descriptor.
 */
export interface RootMount {
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

export interface RuntimeHooks {
  readonly prestart?: readonly RuntimeHook[];
  readonly createRuntime?: readonly RuntimeHook[];
  readonly createContainer?: readonly RuntimeHook[];
  readonly startContainer?: readonly RuntimeHook[];
  readonly poststart?: readonly RuntimeHook[];
  readonly poststop?: readonly RuntimeHook[];
}

export interface RuntimeHook {
  readonly path: string;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  /** In seconds. */
  readonly timeout?: number;
}

export interface LinuxSpec {
  readonly namespaces?: readonly LinuxNamespace[];
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
  readonly devices?: readonly LinuxDevice[];
  readonly cgroupsPath?: string;
  readonly resources?: LinuxResources;
  readonly rootfsPropagation?: RootPropagation;
  readonly seccomp?: LinuxSeccomp;
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
  readonly mountLabel?: string;
}

export type NamespaceType = 'pid' | 'network' | 'ipc' | 'uts' | 'mount' | 'user' | 'cgroup' | 'time';
/** Empty is the runtime's choice. */
export type RootPropagation = '' | `${'' | 'r'}${'private' | 'shared' | 'slave' | 'unbindable'}`;

export interface LinuxNamespace {
  readonly type: NamespaceType;
  /** The namespace to join; a new one is made when absent. */
  readonly path?: string;
}

export interface IdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

export interface LinuxDevice {
  readonly path: string;
  /** Block, character, unbuffered character, fifo. */
  readonly type: 'b' | 'c' | 'u' | 'p';
  readonly major?: number;
  readonly minor?: number;
  readonly fileMode?: number;
  readonly uid?: number;
  readonly gid?: number;
}
