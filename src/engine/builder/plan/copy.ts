import { posix } from 'node:path';
import { EngineError } from '#base';
import {
  type AddInstruction,
  type CopyInstruction,
  expandWord,
  type Heredoc,
  type Lookup,
} from '#dockerfile';
import { literally } from '../copy/source-paths.ts';
import type { Attributes, CopyAction, CopyVertex, HttpVertex, Vertex } from '../graph/types.ts';
import type { StepContext } from './context.ts';
import { remoteSource, unnamed } from './remote-source.ts';
import { lookupIn, noted, type StageState } from './stage-state.ts';

type Transfer = AddInstruction | CopyInstruction;

/** Plans COPY and ADD. @throws EngineError invalid */
export async function planCopy(
  state: StageState,
  instruction: Transfer,
  context: StepContext,
): Promise<StageState> {
  const lookup = lookupIn(state);
  const expand = (text: string): string => expandWord(text, lookup, context);
  const step = new TransferStep(instruction, { state, context, expand });
  const sources = instruction.sources.map(expand);
  const actions = [
    ...(await Promise.all(sources.map((source) => step.fromSource(source)))),
    ...instruction.heredocs.map((heredoc) => step.fromHeredoc(heredoc, lookup)),
  ];
  const vertex: CopyVertex = {
    op: 'copy',
    name: context.stepName(instruction),
    range: instruction.range,
    root: state.root,
    link: instruction.link,
    actions,
    ignoreCache: context.ignoreCache,
  };
  return noted(state, historyOf(instruction, sources, step), vertex);
}

interface StepParts {
  readonly state: StageState;
  readonly context: StepContext;
  readonly expand: (text: string) => string;
}

class TransferStep {
  readonly #instruction: Transfer;
  readonly #parts: StepParts;
  readonly destination: string;
  readonly attributes: Attributes;

  constructor(instruction: Transfer, parts: StepParts) {
    const { expand, state } = parts;
    this.#instruction = instruction;
    this.#parts = parts;
    this.attributes = {
      owner: instruction.chown === undefined ? undefined : expand(instruction.chown),
      mode: instruction.chmod === undefined ? undefined : expand(instruction.chmod),
    };
    const many = instruction.sources.length + instruction.heredocs.length > 1;
    const destination = expand(instruction.destination);
    if (many && !isDirectoryPath(destination)) {
      const name = instruction.kind.toUpperCase();
      const text = `When using ${name} with more than one source file, the destination must be a directory and end with a /`;
      throw new EngineError('invalid', text);
    }
    this.destination = absolute(destination, state.image.config.WorkingDir ?? '/');
  }

  async fromSource(source: string): Promise<CopyAction> {
    const { destination, attributes } = this;
    const { excludes } = this.#instruction;
    const { vertex, path, unpack, mode } = await this.#vertexOf(source);
    return {
      kind: 'copy',
      from: vertex,
      source: path,
      destination,
      excludes: excludes.map(this.#parts.expand),
      parents: this.#instruction.kind === 'copy' && this.#instruction.parents,
      unpack,
      owner: attributes.owner,
      mode: attributes.mode ?? mode,
    };
  }

  fromHeredoc({ name, content, expand }: Heredoc, lookup: Lookup): CopyAction {
    const { escapeToken } = this.#parts.context;
    const text = expand ? expandWord(content, lookup, { escapeToken, keepQuotes: true }) : content;
    const path = isDirectoryPath(this.destination) ? posix.join(this.destination, name) : this.destination;
    const mode = this.attributes.mode ?? '0644';
    return { kind: 'file', path, heredoc: { content: text }, owner: this.attributes.owner, mode };
  }

  async #vertexOf(
    source: string,
  ): Promise<{ vertex: Vertex; path: string; unpack: boolean; mode: string | undefined }> {
    const instruction = this.#instruction;
    const { context, expand } = this.#parts;
    if (instruction.kind === 'copy') {
      const { from } = instruction;
      const vertex = from === undefined ? context.localContext() : await context.source(expand(from));
      return { vertex, path: source, unpack: false, mode: undefined };
    }
    const remote = remoteSource(source, { ...instruction, checksum: this.#checksum(instruction) });
    if (remote === undefined) {
      return {
        vertex: context.localContext(),
        path: source,
        unpack: instruction.unpack ?? true,
        mode: undefined,
      };
    }
    if (remote.op === 'git') return { vertex: remote, path: '/', unpack: false, mode: undefined };
    checkName(remote, this.destination);
    const path = literally(remote.fileName);
    return { vertex: remote, path, unpack: instruction.unpack === true, mode: '0600' };
  }

  #checksum({ checksum }: AddInstruction): string | undefined {
    return checksum === undefined ? undefined : this.#parts.expand(checksum);
  }
}

/** @throws EngineError invalid, when nothing says what a download is to be called */
function checkName({ fileName, url }: HttpVertex, destination: string): void {
  if (fileName !== unnamed || !isDirectoryPath(destination)) return;
  throw new EngineError('invalid', `cannot determine filename from url: ${url}`);
}

function isDirectoryPath(path: string): boolean {
  return path.endsWith('/') || path === '.' || path === '..' || path.endsWith('/.') || path.endsWith('/..');
}

/** Absolute, with a slash at the end when the written one means a directory. */
function absolute(path: string, workingDir: string): string {
  const resolved = posix.resolve('/', workingDir, path);
  return isDirectoryPath(path) && resolved !== '/' ? `${resolved}/` : resolved;
}

function historyOf(instruction: Transfer, sources: readonly string[], step: TransferStep): string {
  const { owner, mode } = step.attributes;
  const flags = [
    ...(owner === undefined ? [] : [`--chown=${owner}`]),
    ...(mode === undefined ? [] : [`--chmod=${mode}`]),
  ];
  const heredocs = instruction.heredocs.map(({ name }) => `<<${name}`);
  const words = [instruction.kind.toUpperCase(), ...flags, ...sources, ...heredocs, instruction.destination];
  return `${words.join(' ')} # buildkit`;
}
