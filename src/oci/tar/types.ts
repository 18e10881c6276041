export type TarType =
  | 'file'
  | 'hardlink'
  | 'symlink'
  | 'character'
  | 'block'
  | 'directory'
  | 'fifo'
  /** A member of a kind that no file system has: volume label, multi-volume part … */
  | 'other';

/** An extended attribute with its full name (`user.x`, `security.capability`). */
export interface TarXattr {
  readonly name: string;
  readonly value: Uint8Array;
}

/** A run of a sparse file's bytes: where in the file, how long, and where in the archive. */
export interface TarExtent {
  readonly offset: number;
  readonly length: number;
  readonly position: number;
}

/**
 * One member of an archive. Texts are byte strings: each character is one byte (latin1), so that names that are
 * not UTF-8 survive and compare as the kernel compares them.
 */
export interface TarEntry {
  readonly type: TarType;
  readonly name: string;
  /** Target of a hard or symbolic link, else empty. */
  readonly linkName: string;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, maybe negative; the fraction counts up from there. */
  readonly mtimeSeconds: number;
  readonly mtimeNanos: number;
  readonly major: number;
  readonly minor: number;
  readonly xattrs: readonly TarXattr[];
  /** Length of the file; of a sparse file with its holes. */
  readonly sizeBytes: number;
  /** Where the member's stored bytes begin in the archive. */
  readonly position: number;
  /** How many bytes are stored, without padding. */
  readonly storedBytes: number;
  /** The stored runs of a sparse file, in file order; undefined for a whole file. */
  readonly extents: readonly TarExtent[] | undefined;
}

/** Receives the members of an archive in their order. */
export interface TarSink {
  entry(entry: TarEntry): void;
  /** The stored bytes of the latest entry, in pieces; a piece is only valid during the call. */
  content?(piece: Uint8Array): void;
}
