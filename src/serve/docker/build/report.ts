import { StringDecoder } from 'node:string_decoder';
import type { Digest } from '#base';
import type { BuildEvent, PlannedStep, Vertex } from '#engine/builder';

type VertexEvent = Extract<BuildEvent, { kind: 'vertex' }>;

/** How far a vertex is, with output that was not told yet. */
interface Progress {
  started: boolean;
  ended: VertexEvent | undefined;
  readonly output: string[];
  /** Characters may be cut by the pieces that output comes in. */
  readonly decoder: StringDecoder;
}

/**
 * The text of a build as clients without sessions print it: one step after the other, whatever runs at once.
 */
export class BuildReport {
  readonly #write: (text: string) => void;
  readonly #progress = new Map<Digest, Progress>();
  #steps: readonly PlannedStep[] = [];
  #digestOf: (vertex: Vertex) => Digest = () => {
    throw new Error('a build is told before it is planned');
  };
  #at = 0;
  #isAnnounced = false;
  #isRunning = false;
  /** Stands for the image as it is after the latest step. */
  #latest = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  begin(steps: readonly PlannedStep[], digestOf: (vertex: Vertex) => Digest): void {
    this.#steps = steps;
    this.#digestOf = digestOf;
    this.#goOn();
  }

  onEvent(event: BuildEvent): void {
    if (event.kind === 'progress') return;
    const digest = event.kind === 'vertex' ? event.digest : event.vertex;
    const progress = this.#of(digest);
    if (event.kind === 'output') progress.output.push(progress.decoder.write(Buffer.from(event.bytes)));
    else if (event.completedNs === undefined) progress.started = true;
    else progress.ended = event;
    this.#goOn();
  }

  #of(digest: Digest): Progress {
    const known = this.#progress.get(digest) ?? newProgress();
    this.#progress.set(digest, known);
    return known;
  }

  /** Tells what can be told, as far as it is known. */
  #goOn(): void {
    for (let step = this.#steps[this.#at]; step !== undefined; step = this.#steps[this.#at]) {
      if (!this.#isAnnounced) this.#write(`Step ${this.#at + 1}/${this.#steps.length} : ${step.source}\n`);
      this.#isAnnounced = true;
      if (!this.#tell(step)) return;
      this.#at += 1;
      this.#isAnnounced = false;
      this.#isRunning = false;
    }
  }

  /** @returns whether the step has ended well */
  #tell({ vertex }: PlannedStep): boolean {
    if (vertex === undefined || vertex.op === 'scratch') {
      this.#write(` ---> ${this.#latest}\n`);
      return true;
    }
    const digest = this.#digestOf(vertex);
    const progress = this.#of(digest);
    const id = digest.slice('sha256:'.length, 19);
    if (vertex.op === 'run') this.#tellRun(progress, id);
    const { ended } = progress;
    if (ended === undefined || ended.error !== undefined) return false;
    if (ended.cached) this.#write(' ---> Using cache\n');
    if (this.#isRunning) this.#write(` ---> Removed intermediate container ${id}\n`);
    this.#write(` ---> ${id}\n`);
    this.#latest = id;
    return true;
  }

  #tellRun({ started, ended, output }: Progress, id: string): void {
    const runs = started && (output.length > 0 || (ended !== undefined && !ended.cached));
    if (!runs) return;
    if (!this.#isRunning) this.#write(` ---> Running in ${id}\n`);
    this.#isRunning = true;
    if (output.length > 0) this.#write(output.splice(0).join(''));
  }
}

function newProgress(): Progress {
  return { started: false, ended: undefined, output: [], decoder: new StringDecoder('utf8') };
}
