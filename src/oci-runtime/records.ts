import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '#base';

/** What the command remembers of a container between two calls. */
export interface ContainerRecord {
  readonly id: string;
  readonly bundle: string;
  readonly pid: number;
  /** RFC 3339. */
  readonly created: string;
  readonly started: boolean;
  /** Absent: the container shares the cgroup of its shim. */
  readonly cgroupPath?: string;
}

/** Containers as directories below a root; each holds a record and its shim's own files. */
export class Records {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  directory(id: string): string {
    return join(this.#root, 'containers', id);
  }

  /** Takes the name of a new container. @throws EngineError conflict, when it is in use */
  claim(id: string): void {
    if (existsSync(this.directory(id))) {
      throw new EngineError('conflict', 'container with given ID already exists');
    }
    mkdirSync(this.directory(id), { recursive: true, mode: 0o700 });
  }

  save(record: ContainerRecord): void {
    const path = join(this.directory(record.id), 'state.json');
    writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  /** @throws EngineError notFound */
  load(id: string): ContainerRecord {
    const record = this.tryLoad(id);
    if (record === undefined) throw new EngineError('notFound', 'container does not exist');
    return record;
  }

  tryLoad(id: string): ContainerRecord | undefined {
    try {
      return JSON.parse(readFileSync(join(this.directory(id), 'state.json'), 'utf8')) as ContainerRecord;
    } catch {
      return undefined;
    }
  }

  list(): readonly ContainerRecord[] {
    const containers = join(this.#root, 'containers');
    if (!existsSync(containers)) return [];
    return readdirSync(containers).flatMap((id) => this.tryLoad(id) ?? []);
  }

  forget(id: string): void {
    rmSync(this.directory(id), { recursive: true, force: true });
  }
}
