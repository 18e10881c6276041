import type { ImageConfigFile, Platform } from '#oci';
import type { Vertex } from '../graph/types.ts';

/** A base image as far as planning needs it. */
export interface BaseImage {
  /** With the digest that it has now. */
  readonly reference: string;
  readonly config: ImageConfigFile;
}

/** What planning asks of the world. */
export interface PlanSources {
  /** @throws EngineError, when there is no such image */
  resolveImage(reference: string, platform: Platform): Promise<BaseImage>;
}

/** How to build, for one target platform. */
export interface PlanOptions {
  /** Name or index of a stage; empty: the last one. */
  readonly target: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly buildPlatform: Platform;
  /** Steps whose cache is not used: all, or those of these stages. */
  readonly noCache: boolean | readonly string[];
  /** Named contexts, by name: sources that take the place of stages and images of that name. */
  readonly contexts: Readonly<Record<string, NamedContext>>;
  /** Of RUN steps that name none. */
  readonly network: 'default' | 'none' | 'host';
  /** What RUN may have besides, since whoever asked for the build granted it. */
  readonly entitlements: readonly Entitlement[];
}

/** The host's network, or all rights on the host. */
export type Entitlement = 'network.host' | 'security.insecure';

export type NamedContext =
  | { readonly kind: 'vertex'; readonly vertex: Vertex }
  | { readonly kind: 'image'; readonly reference: string }
  /** What another build has made. */
  | { readonly kind: 'built'; readonly config: ImageConfigFile };
