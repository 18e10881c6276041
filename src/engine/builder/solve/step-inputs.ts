import { type DiffId, type Digest, EngineError } from '#base';
import { resolveUser } from '#engine/containers';
import type { Owner, ReadyAction } from '../copy/copy-layer.ts';
import { literally } from '../copy/source-paths.ts';
import type { CopyAction, CopyVertex, RunVertex, StepMount, Vertex } from '../graph/types.ts';
import { isTree } from '../graph/vertex-digest.ts';
import { readAccounts } from './accounts.ts';
import type { BuildSolve } from './build-solve.ts';
import type { ReadyMount, SourceTree } from './types.ts';

/** The files that one step takes, open until the step has ended. */
export class StepInputs implements AsyncDisposable {
  /** The layers of the root that the step works on. */
  readonly root: readonly DiffId[];
  readonly #build: BuildSolve;
  readonly #vertex: RunVertex | CopyVertex;
  readonly #views = new Map<Vertex, Promise<SourceTree>>();
  readonly #open = new AsyncDisposableStack();

  constructor(build: BuildSolve, vertex: RunVertex | CopyVertex, root: readonly DiffId[]) {
    this.#build = build;
    this.#vertex = vertex;
    this.root = root;
  }

  /** A vertex's files as a directory. */
  treeOf(vertex: Vertex): Promise<SourceTree> {
    if (isTree(vertex)) return this.#build.tree(vertex);
    const known = this.#views.get(vertex) ?? this.#view(vertex);
    this.#views.set(vertex, known);
    return known;
  }

  rootTree(): Promise<SourceTree> {
    return this.treeOf(this.#vertex.root);
  }

  /** Of each mount or action what it takes; undefined for one that takes nothing. @throws EngineError notFound */
  async digests(): Promise<(Digest | undefined)[]> {
    const wanted =
      this.#vertex.op === 'run'
        ? this.#vertex.mounts.map(wantedByMount)
        : this.#vertex.actions.map(wantedByAction);
    const { digests } = this.#build.parts;
    return await Promise.all(
      wanted.map(async (want) => {
        if (want === undefined) return undefined;
        const { from, ...selection } = want;
        return await digests.of(await this.treeOf(from), selection, this.#build.request.signal);
      }),
    );
  }

  /** @throws EngineError notFound, when the client lacks a secret that is required */
  async mounts(): Promise<ReadyMount[]> {
    const { mounts } = this.#vertex.op === 'run' ? this.#vertex : { mounts: [] };
    return await Promise.all(mounts.map((mount) => this.#readyMount(mount)));
  }

  async copies(): Promise<ReadyAction[]> {
    const { actions } = this.#vertex.op === 'copy' ? this.#vertex : { actions: [] };
    return await Promise.all(actions.map((action) => this.#readyAction(action)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }

  async #view(vertex: Vertex): Promise<SourceTree> {
    const { layers } = await this.#build.root(vertex);
    return this.#open.use(await this.#build.parts.views.open(layers));
  }

  async #readyMount(mount: StepMount): Promise<ReadyMount> {
    const tree = mount.from && (await this.treeOf(mount.from)).path;
    const content = mount.type === 'secret' ? await this.#secret(mount) : undefined;
    return { mount, tree, content };
  }

  async #secret({ id, target, required }: StepMount): Promise<Uint8Array | undefined> {
    const name = id ?? target?.split('/').at(-1) ?? '';
    const { sources, signal } = this.#build.request;
    const content = await sources.secret(name, signal);
    if (content === undefined && required) throw new EngineError('notFound', `secret ${name}: not found`);
    return content;
  }

  async #readyAction(action: CopyAction): Promise<ReadyAction> {
    const owner = action.owner === undefined ? undefined : await this.#ownerOf(action.owner);
    switch (action.kind) {
      case 'directory':
        return { kind: 'directory', path: action.path, owner, mode: action.mode };
      case 'file': {
        const content = Buffer.from(action.heredoc.content);
        return { kind: 'file', path: action.path, content, owner, mode: action.mode };
      }
      case 'copy': {
        const { from, ...copy } = action;
        return { ...copy, owner, ownerless: isTree(from), tree: (await this.treeOf(from)).path };
      }
    }
  }

  /** Numbers without a group are the group too; names are those of the root. */
  async #ownerOf(text: string): Promise<Owner> {
    const [user = '', group] = text.split(':', 2);
    if (/^\d+$/.test(user) && group === undefined) return { uid: Number(user), gid: Number(user) };
    const isNumbers = /^\d+:\d+$/.test(text);
    const accounts = isNumbers ? { passwd: '', group: '' } : readAccounts((await this.rootTree()).path);
    const { uid, gid } = resolveUser(text, [], accounts);
    return { uid, gid };
  }
}

interface WantedFrom {
  readonly from: Vertex;
  readonly source: string;
  readonly excludes: readonly string[];
  readonly parents: boolean;
}

function wantedByMount({ from, source }: StepMount): WantedFrom | undefined {
  return from && { from, source: literally(source ?? '/'), excludes: [], parents: false };
}

function wantedByAction(action: CopyAction): WantedFrom | undefined {
  if (action.kind !== 'copy') return undefined;
  const { from, source, excludes, parents } = action;
  return { from, source, excludes, parents };
}
