import type { Filter } from '#base';

/** A secret or a config, without its content. */
export interface SecretRecord {
  /** 25 characters of 0-9a-z. */
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdNs: bigint;
  readonly updatedNs: bigint;
  /** Counts the changes. */
  readonly version: number;
}

export interface CreateSecret {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly content: Uint8Array;
}

export interface UpdateSecret {
  /** The version that the change is made to. */
  readonly version: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent: not said. */
  readonly content?: Uint8Array;
}

/** The secrets, or the configs, of a data root; by id, name, or unique start of an id. */
export interface Secrets {
  /** @throws EngineError invalid (name, content), conflict (name taken) */
  create(request: CreateSecret): SecretRecord;
  /** By name. Filter keys: id, label, name, names. @throws EngineError invalid, for an unknown one */
  list(filter?: Filter): SecretRecord[];
  /** @throws EngineError notFound, invalid when several match */
  find(ref: string): SecretRecord;
  /** What is in it, to be given to who may know it. @throws EngineError notFound, corrupt */
  read(ref: string): Uint8Array;
  /** Only labels can change. @throws EngineError notFound, invalid, conflict when it was changed meanwhile */
  update(ref: string, request: UpdateSecret): void;
  /** @throws EngineError notFound, invalid while a container uses it */
  remove(ref: string): void;
}
