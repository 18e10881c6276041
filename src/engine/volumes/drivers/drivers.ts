import { EngineError } from '#base';
import type { LocalDriver } from './local/local-driver.ts';
import type { VolumeDriver } from './types.ts';

/** The drivers of other programs, by name. */
export interface ForeignDrivers {
  /** @throws EngineError notFound, or unavailable when it does not answer */
  find(name: string): Promise<VolumeDriver>;
  names(): string[];
}

/** Every driver that a volume can have. */
export class VolumeDrivers {
  readonly local: LocalDriver;
  readonly #foreign: ForeignDrivers;

  constructor(local: LocalDriver, foreign: ForeignDrivers) {
    this.local = local;
    this.#foreign = foreign;
  }

  /** @throws EngineError notFound, in Docker's words; unavailable */
  async find(name: string): Promise<VolumeDriver> {
    return name === this.local.name ? this.local : await this.#foreign.find(name);
  }

  names(): string[] {
    return [this.local.name, ...this.#foreign.names()];
  }
}

/** Where no other program's drivers are looked for. */
export const noForeignDrivers: ForeignDrivers = {
  names: () => [],
  async find(name) {
    throw unknownDriver(name);
  },
};

export function unknownDriver(name: string): EngineError {
  const message = `error looking up volume plugin ${name}: plugin "${name}" not found`;
  return new EngineError('notFound', message);
}
