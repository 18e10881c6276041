import type { Instruction } from '#dockerfile';
import type { Vertex } from '../graph/types.ts';
import type { PlanOptions } from './types.ts';

/** What planning one step needs to know of all others. */
export interface StepContext {
  readonly options: PlanOptions;
  readonly escapeToken: string;
  readonly global: ReadonlyMap<string, string>;
  /** Its result is made anew whatever is cached. */
  readonly ignoreCache: boolean;
  /** What progress calls the step of an instruction. */
  stepName(instruction: Instruction): string;
  /** A stage, a named context or an image. @throws EngineError, when there is none */
  source(from: string): Promise<Vertex>;
  /** The files of the client. */
  localContext(): Vertex;
}
