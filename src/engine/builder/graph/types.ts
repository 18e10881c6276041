import type { DiffId } from '#base';
import type { Heredoc, RunMount, SourceRange } from '#dockerfile';
import type { ImageConfigFile, Platform } from '#oci';

/**
 * One piece of work of a build, with the vertices that it takes its files from. A vertex is a value: what it does is
 * all here, so that its result can be looked up by content.
 */
export type Vertex =
  | ScratchVertex
  | ImageVertex
  | BuiltVertex
  | LocalVertex
  | GitVertex
  | HttpVertex
  | RunVertex
  | CopyVertex;

interface Told {
  /** What progress calls it, as `[build 2/5] RUN make`. */
  readonly name: string;
  /** The lines that ask for it; undefined for what no line does. */
  readonly range: SourceRange | undefined;
}

/** A root without files. */
export interface ScratchVertex extends Told {
  readonly op: 'scratch';
}

/** The root of an image. */
export interface ImageVertex extends Told {
  readonly op: 'image';
  /** As it is resolved: with a digest where the registry gave one. */
  readonly reference: string;
  readonly platform: Platform;
}

/** The root that another build has made. */
export interface BuiltVertex extends Told {
  readonly op: 'built';
  /** Bottom to top. */
  readonly layers: readonly DiffId[];
}

/** Files that the client has: its context, or one that it named. */
export interface LocalVertex extends Told {
  readonly op: 'local';
  readonly context: string;
}

export interface GitVertex extends Told {
  readonly op: 'git';
  readonly remote: string;
  /** Branch, tag or commit; empty: the remote's HEAD. */
  readonly ref: string;
  readonly subdirectory: string;
  readonly keepGitDir: boolean;
  /** The commit that it has to be, or its beginning. */
  readonly checksum: string | undefined;
}

/** One file, downloaded. */
export interface HttpVertex extends Told {
  readonly op: 'http';
  readonly url: string;
  /** What it is called in its tree. */
  readonly fileName: string;
  /** `sha256:…` that its content has to have. */
  readonly checksum: string | undefined;
}

/** A mount of RUN with the vertex that its files come from. */
export interface StepMount extends Omit<RunMount, 'from'> {
  readonly from: Vertex | undefined;
}

/** A command in a root; its result is the root with what it wrote. */
export interface RunVertex extends Told {
  readonly op: 'run';
  readonly root: Vertex;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Variables that are not part of what the result depends on: proxies. */
  readonly hiddenEnv: readonly string[];
  readonly workingDir: string;
  readonly user: string;
  readonly mounts: readonly StepMount[];
  /** A script that is run from a file of its own, mounted at this path. */
  readonly script: { readonly path: string; readonly content: string } | undefined;
  readonly network: 'default' | 'none' | 'host';
  readonly security: 'sandbox' | 'insecure';
  readonly devices: readonly string[];
  readonly platform: Platform;
  readonly ignoreCache: boolean;
}

/** Files put into a root, in order; its result is the root with one more layer. */
export interface CopyVertex extends Told {
  readonly op: 'copy';
  readonly root: Vertex;
  /** The layer does not depend on what the root holds. */
  readonly link: boolean;
  readonly actions: readonly CopyAction[];
  readonly ignoreCache: boolean;
}

/** Whom files belong to, as written; undefined: as they come (ADD and COPY from elsewhere: to root). */
export interface Attributes {
  readonly owner: string | undefined;
  /** Octal or symbolic, as written. */
  readonly mode: string | undefined;
}

export type CopyAction =
  | (Attributes & {
      readonly kind: 'copy';
      readonly from: Vertex;
      /** A path in it, with Go's wildcards. */
      readonly source: string;
      /** Absolute; one that ends with a slash, or that several sources go to, is a directory. */
      readonly destination: string;
      readonly excludes: readonly string[];
      /** The source's directories are made anew below the destination. */
      readonly parents: boolean;
      /** A local archive is unpacked. */
      readonly unpack: boolean;
    })
  | (Attributes & {
      readonly kind: 'file';
      readonly path: string;
      readonly heredoc: Pick<Heredoc, 'content'>;
    })
  | (Attributes & { readonly kind: 'directory'; readonly path: string });

/** What a build of one platform makes: a root and how a container of it runs. */
export interface PlannedImage {
  readonly root: Vertex;
  readonly image: Omit<ImageConfigFile, 'rootfs' | 'history' | 'created'>;
  /** Bottom to top; which of them have a layer follows from their vertices. */
  readonly history: readonly PlannedHistory[];
  /** All instructions of the planned stages, in the order of the file. */
  readonly steps: readonly PlannedStep[];
}

/** One instruction, and what it has to do. */
export interface PlannedStep {
  readonly source: string;
  readonly range: SourceRange;
  /** Undefined: it only changes how containers run. */
  readonly vertex: Vertex | undefined;
}

export interface PlannedHistory {
  readonly createdBy: string;
  readonly comment: string;
  /** The vertex that makes its layer; undefined: it makes none. */
  readonly vertex: Vertex | undefined;
  /** When it was made, of a base image's entry; undefined: now. */
  readonly created?: string;
}
