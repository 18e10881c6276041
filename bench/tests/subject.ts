import type { Metric, Results } from '../results.ts';
import { type Program, type Repetition, type Timing, time } from '../spawner.ts';

/** One program in one round: what a test drives and where it leaves its measurements. */
export class Subject<P extends Program = Program> {
  readonly program: P;
  readonly #results: Results;
  readonly #round: number;

  constructor(program: P, results: Results, round: number) {
    this.program = program;
    this.#results = results;
    this.#round = round;
  }

  /** Measures a command's wall time and, as a second metric, its processor time. */
  time(metric: Metric, args: readonly string[], repetition: Repetition = {}): void {
    const { eachMs, cpuMs, failures } = time(this.program, args, repetition);
    this.record(metric, eachMs, failures);
    this.recordCpu(metric, cpuMs, failures);
  }

  /** Measures how long a number of commands take together. */
  timeTotal(metric: Metric, args: readonly string[], repetition: Repetition): void {
    const { totalMs, failures } = time(this.program, args, repetition);
    this.record(metric, [totalMs], failures);
  }

  /** Runs commands that are not measured; their failure is the next measurement's. */
  run(args: readonly string[], repetition: Repetition = {}): Timing {
    return time(this.program, args, repetition);
  }

  record(metric: Metric, values: readonly number[], failures = 0): void {
    this.#results.add(metric, this.program.name, this.#round, values, failures);
  }

  recordCpu({ name }: Metric, cpuMs: number | undefined, failures = 0): void {
    if (cpuMs !== undefined) this.record({ name, unit: 'cpu ms' }, [cpuMs], failures);
  }
}
