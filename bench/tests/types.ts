import type { Engine, Runtime } from '../engines.ts';
import type { Registry } from '../registries.ts';
import type { Program } from '../spawner.ts';
import type { Subject } from './subject.ts';

/** One test: it leaves the program as it found it, also when the program failed. */
export interface Test<P extends Program> {
  /** The word that picks it on the command line. */
  readonly name: string;
  run(subject: Subject<P>): void;
}

export type EngineTest = Test<Engine>;
export type RuntimeTest = Test<Runtime>;
export type RegistryTest = Test<Registry>;
