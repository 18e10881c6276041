import { lstatSync } from 'node:fs';
import { posix } from 'node:path';
import { EngineError, unlessErrno } from '#base';
import { plainEntry, type TarEntry, type TarStreamItem, type TarType, toByteString } from '#oci';
import { describeDirectory } from '#tree';
import { resolveIn } from './source-paths.ts';

/** Whom what a step makes by itself belongs to, and when it was made. */
export interface Made {
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
}

/**
 * The root that a step writes to: what is there below, read-only, and over it what the step has written so far. Of a
 * step that is independent of its root there is nothing below.
 */
export class Destination {
  readonly #below: string | undefined;
  readonly #written = new Map<string, TarType>();

  /** @param below the root as a path of this process, which nobody changes */
  constructor(below: string | undefined) {
    this.#below = below;
  }

  /** Where a path leads when the links of the root are followed. */
  resolve(path: string): string {
    return this.#below === undefined
      ? posix.resolve('/', path)
      : resolveIn(this.#below, posix.resolve('/', path));
  }

  typeOf(path: string): 'directory' | 'other' | undefined {
    const written = this.#written.get(path);
    if (written !== undefined) return written === 'directory' ? 'directory' : 'other';
    if (path === '/') return 'directory';
    const below = this.#below;
    if (below === undefined) return undefined;
    const stats = unlessErrno(['ENOENT', 'ENOTDIR'], () => lstatSync(below + path));
    if (stats === undefined) return undefined;
    return stats.isDirectory() ? 'directory' : 'other';
  }

  /**
   * Writes a member at a path; its directory has been written.
   * @throws EngineError invalid, where a file would take a directory's place, or the other way round, and for a name
   * by which layers tell what is deleted
   */
  write(path: string, entry: TarEntry): TarStreamItem {
    if (posix.basename(path).startsWith('.wh.')) {
      throw new EngineError('invalid', `no layer can have a file of this name: ${path}`);
    }
    const before = this.typeOf(path);
    if (before === 'other' && entry.type === 'directory') {
      throw new EngineError('invalid', `cannot copy to non-directory: ${path}`);
    }
    if (before === 'directory' && entry.type !== 'directory') {
      throw new EngineError('invalid', `cannot replace to directory ${path} with file`);
    }
    this.#written.set(path, entry.type);
    return { kind: 'entry', entry: { ...entry, name: memberName(path) } };
  }

  /** A directory and all above it, as far as the layer has them not: as they are below, or made anew. */
  *directories(path: string, made: Made, mode = 0o755): Generator<TarStreamItem> {
    if (path === '/' || this.#written.get(path) === 'directory') return;
    yield* this.directories(posix.dirname(path), made);
    const isThere = this.typeOf(path) === 'directory' && this.#below !== undefined;
    const entry = isThere ? describeDirectory(this.#below + path) : newDirectory(made, mode);
    yield this.write(path, entry);
  }
}

/** The name of a member, as an archive has it. */
export function memberName(path: string): string {
  return toByteString(posix.relative('/', path));
}

function newDirectory({ uid, gid, mtimeSeconds }: Made, mode: number): TarEntry {
  return { ...plainEntry(''), type: 'directory', mode, uid, gid, mtimeSeconds };
}
