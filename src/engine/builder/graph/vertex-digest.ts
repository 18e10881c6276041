import { type Digest, digestOf } from '#base';
import type { GitVertex, HttpVertex, LocalVertex, Vertex } from './types.ts';

/** Whether a vertex brings files that nobody on this host owns, and no root. */
export function isTree(vertex: Vertex): vertex is LocalVertex | GitVertex | HttpVertex {
  return vertex.op === 'local' || vertex.op === 'git' || vertex.op === 'http';
}

/** The vertices that a vertex takes files from, each once. */
export function inputsOf(vertex: Vertex): Vertex[] {
  switch (vertex.op) {
    case 'run':
      return [...new Set([vertex.root, ...vertex.mounts.flatMap(({ from }) => from ?? [])])];
    case 'copy':
      return [
        ...new Set([
          vertex.root,
          ...vertex.actions.flatMap((action) => (action.kind === 'copy' ? action.from : [])),
        ]),
      ];
    default:
      return [];
  }
}

/** Names vertices by what they are and take, so that progress can tell them apart. */
export class VertexDigests {
  readonly #digests = new Map<Vertex, Digest>();

  of(vertex: Vertex): Digest {
    const known = this.#digests.get(vertex);
    if (known !== undefined) return known;
    const text = JSON.stringify(vertex, (key, value: unknown) =>
      this.#isInput(key, value) ? this.of(value) : value,
    );
    const digest = digestOf(text);
    this.#digests.set(vertex, digest);
    return digest;
  }

  #isInput(key: string, value: unknown): value is Vertex {
    return (key === 'root' || key === 'from') && typeof value === 'object' && value !== null && 'op' in value;
  }
}
