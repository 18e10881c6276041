import { messages } from '#api';
import { EngineError } from '#base';
import type { Metadata } from '#store/metadata';
import { decodeRecord, encodeRecord } from './record-json.ts';
import type { ContainerId, ContainerRecord } from './types.ts';

const steps = [
  `CREATE TABLE container (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     record TEXT NOT NULL
   ) STRICT`,
  // Endpoints of IPv4 alone get the form of those of both families.
  `UPDATE container SET record = json_set(record, '$.sandbox.endpoints', (
     SELECT json_group_object(key, json_patch(value, json_object(
       'ipv4', iif(value ->> '$.address' = '', NULL, json_object(
         'address', value ->> '$.address',
         'prefixLength', value ->> '$.prefixLength',
         'gateway', value ->> '$.gateway')),
       'linkLocal', json('[]'),
       'device', iif(value ->> '$.hostDevice' = '', '', 'eth' || place),
       'index', 16 + place,
       'gatewayPriority', 0,
       'driverOptions', json('{}'))))
     FROM (SELECT key, value, row_number() OVER (ORDER BY id) - 1 AS place
       FROM json_each(record, '$.sandbox.endpoints'))))
   WHERE record -> '$.sandbox' IS NOT NULL`,
];

/** The stored containers, all of them also in memory. Writes are one row each and durable when they return. */
export class Records {
  readonly #metadata: Metadata;
  readonly #byId = new Map<string, ContainerRecord>();
  readonly #idByName = new Map<string, ContainerId>();

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    metadata.migrate('containers', steps);
    for (const row of metadata.all('SELECT record FROM container'))
      this.#keep(decodeRecord(String(row.record)));
  }

  /** Newest first. */
  all(): ContainerRecord[] {
    return [...this.#byId.values()].sort((a, b) => (a.createdNs < b.createdNs ? 1 : -1));
  }

  /** In no order. */
  values(): IteratorObject<ContainerRecord> {
    return this.#byId.values();
  }

  get(id: string): ContainerRecord | undefined {
    return this.#byId.get(id);
  }

  byName(name: string): ContainerRecord | undefined {
    const id = this.#idByName.get(name);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** By id, name, or unique start of an id. @throws EngineError notFound, invalid when several match or `ref` is empty */
  find(ref: string): ContainerRecord {
    if (ref === '') throw new EngineError('invalid', messages.noReference);
    const exact = this.#byId.get(ref) ?? this.byName(ref.startsWith('/') ? ref.slice(1) : ref);
    if (exact !== undefined) return exact;
    const matches = [...this.#byId.keys()].filter((id) => id.startsWith(ref));
    if (matches.length > 1) throw new EngineError('invalid', messages.ambiguousId(ref));
    const found = this.#byId.get(matches[0] ?? '');
    if (found === undefined) throw new EngineError('notFound', messages.noSuchContainer(ref));
    return found;
  }

  /** Stores a new container. @throws EngineError conflict, when the name is taken */
  insert(record: ContainerRecord): void {
    this.#refuseTaken(record.name);
    this.#metadata.run(
      'INSERT INTO container (id, name, record) VALUES (?, ?, ?)',
      record.id,
      record.name,
      encodeRecord(record),
    );
    this.#keep(record);
  }

  /** Changes some fields of a stored container. @throws EngineError notFound, conflict when the name is taken */
  update(id: ContainerId, change: Partial<Omit<ContainerRecord, 'id'>>): ContainerRecord {
    const before = this.find(id);
    const record = { ...before, ...change };
    if (record.name !== before.name) this.#refuseTaken(record.name);
    this.#metadata.run(
      'UPDATE container SET name = ?, record = ? WHERE id = ?',
      record.name,
      encodeRecord(record),
      id,
    );
    this.#idByName.delete(before.name);
    this.#keep(record);
    return record;
  }

  delete(id: ContainerId): void {
    const record = this.#byId.get(id);
    if (record === undefined) return;
    this.#metadata.run('DELETE FROM container WHERE id = ?', id);
    this.#byId.delete(id);
    this.#idByName.delete(record.name);
  }

  #keep(record: ContainerRecord): void {
    this.#byId.set(record.id, record);
    this.#idByName.set(record.name, record.id);
  }

  #refuseTaken(name: string): void {
    const id = this.#idByName.get(name);
    if (id !== undefined) throw new EngineError('conflict', messages.nameInUse(name, id));
  }
}
