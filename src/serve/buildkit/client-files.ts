import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '#base';
import { readIgnoreFile } from '#dockerfile';
import type { LocalVertex, Measure, OwnSteps, SourceTree } from '#engine/builder';
import type { ContextFolders } from './context-folders.ts';
import { receiveFiles } from './files/receive-files.ts';
import type { ClientSession } from './sessions.ts';

/** A Dockerfile and the patterns of what is left out of the context: its own, or those of the context. */
export interface DockerfileFound {
  readonly dockerfile: string;
  readonly exclude: readonly string[];
}

/** What progress calls the reading of a Dockerfile. */
export function definitionStep(name: string): string {
  return `[internal] load build definition from ${name}`;
}

interface Wanted {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** What a build reads of its client's directories. */
export class ClientFiles {
  readonly #session: ClientSession;
  readonly #folders: ContextFolders;
  readonly #signal: AbortSignal;

  constructor(session: ClientSession, folders: ContextFolders, signal: AbortSignal) {
    this.#session = session;
    this.#folders = folders;
    this.#signal = signal;
  }

  /** @throws EngineError invalid, when there is none */
  async dockerfile(name: string, steps: OwnSteps): Promise<DockerfileFound> {
    const own = `${name}.dockerignore`;
    const wanted = { name: 'dockerfile', include: [name, own], exclude: [] };
    const { dockerfile, ignore } = await steps.run(definitionStep(name), async (measure) => {
      await using folder = await this.#receive(wanted, measure, 'transferring dockerfile:');
      const found = readIn(folder, name);
      if (found !== undefined) return { dockerfile: found, ignore: readIn(folder, own) };
      throw new EngineError('invalid', `failed to read dockerfile: open ${name}: no such file or directory`);
    });
    const patterns = ignore ?? (await this.#ignoreFile(steps));
    return { dockerfile, exclude: readIgnoreFile(patterns) };
  }

  /** A directory that the client has; `exclude` holds for its context. */
  async tree({ context }: LocalVertex, exclude: readonly string[], measure: Measure): Promise<SourceTree> {
    const wanted = { name: context, include: [], exclude: context === 'context' ? exclude : [] };
    return await this.#receive(wanted, measure, 'transferring context:');
  }

  #ignoreFile(steps: OwnSteps): Promise<string> {
    const wanted = { name: 'context', include: ['.dockerignore'], exclude: [] };
    return steps.run('[internal] load .dockerignore', async (measure) => {
      await using folder = await this.#receive(wanted, measure, 'transferring context:');
      return readIn(folder, '.dockerignore') ?? '';
    });
  }

  async #receive({ name, include, exclude }: Wanted, measure: Measure, what: string): Promise<SourceTree> {
    const { sharedKey, id } = this.#session;
    const key = JSON.stringify([sharedKey || id, name, include]);
    let bytes = 0;
    const onBytes = (count: number) => {
      bytes = count;
      measure(what, count);
    };
    const tree = await this.#folders.take(key, (path) =>
      receiveFiles(this.#session, { name, include, exclude, onBytes }, path, this.#signal),
    );
    measure(what, bytes, 0, true);
    return tree;
  }
}

function readIn({ path }: SourceTree, name: string): string | undefined {
  const file = join(path, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
