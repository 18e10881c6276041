import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';

export type Unit = 'ms' | 'cpu ms' | 'MiB';

/** What is measured. Programs that share a metric are compared. */
export interface Metric {
  readonly name: string;
  readonly unit: Unit;
  /** The ratio to the first program that Wharf is to reach. */
  readonly target?: number;
}

/** Values of one program in one round. `failures` counts commands that ended badly: their time means nothing. */
export interface Measurement extends Metric {
  readonly program: string;
  readonly round: number;
  readonly values: readonly number[];
  readonly failures: number;
  /** Load of the machine over the last minute, to judge how quiet it was. */
  readonly load: number;
}

/** Keeps the measurements of a run, each also as a line of JSON in a file. */
export class Results {
  readonly measurements: Measurement[] = [];
  readonly file: string;

  constructor(file: string) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
  }

  add(metric: Metric, program: string, round: number, values: readonly number[], failures: number): void {
    const rounded = values.map((value) => Number(value.toPrecision(5)));
    const load = loadavg()[0] ?? 0;
    const measurement: Measurement = { ...metric, program, round, values: rounded, failures, load };
    this.measurements.push(measurement);
    appendFileSync(this.file, `${JSON.stringify(measurement)}\n`);
  }
}

export function readMeasurements(file: string): Measurement[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Measurement);
}
