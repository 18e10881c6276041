import { randomInt } from 'node:crypto';
import { checkFilterKeys, EngineError, type Filter, filterPasses, labelsPass, nowNs } from '#base';
import type { Events, SecretAction } from '#engine/events';
import type { Metadata } from '#store/metadata';
import { kinds, type SecretKind } from './kinds.ts';
import type { SealingKey } from './sealing-key.ts';
import { SecretTable } from './secret-table.ts';
import type { CreateSecret, SecretRecord, Secrets, UpdateSecret } from './types.ts';

export interface SecretRooms {
  readonly metadata: Metadata;
  readonly events: Pick<Events, 'publish'>;
  readonly kind: SecretKind;
  /** Asked for whenever a content is sealed or opened. */
  readonly key: () => SealingKey;
  /** Names of the containers that get it. */
  readonly usersOf: (id: string) => readonly string[];
}

const namePattern = /^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/;
const longestName = 64;

/** All of one kind. */
export class SecretEngine implements Secrets {
  readonly #rooms: SecretRooms;
  readonly #table: SecretTable;

  constructor(rooms: SecretRooms) {
    this.#rooms = rooms;
    this.#table = new SecretTable(rooms.metadata, rooms.kind);
  }

  create({ name, labels, content }: CreateSecret): SecretRecord {
    const { kind, key } = this.#rooms;
    this.#validate(name, content);
    if (this.#table.all().some((record) => record.name === name)) {
      throw refusal('conflict', 'AlreadyExists', `${kind} ${name} already exists`);
    }
    const time = nowNs();
    const record = { id: newId(), name, labels, createdNs: time, updatedNs: time, version: 1 };
    this.#table.insert(record, key().seal(content, record.id));
    this.#publish(record, 'create');
    return record;
  }

  list(filter: Filter = {}): SecretRecord[] {
    checkFilterKeys(filter, ['id', 'label', 'name', 'names']);
    return this.#table
      .all()
      .filter(
        ({ id, name, labels }) =>
          filterPasses(filter, 'id', (value) => id.startsWith(value)) &&
          filterPasses(filter, 'name', (value) => name.startsWith(value)) &&
          filterPasses(filter, 'names', (value) => name === value) &&
          labelsPass(filter, labels),
      );
  }

  find(ref: string): SecretRecord {
    const { kind } = this.#rooms;
    const all = this.#table.all();
    const exact = all.find(({ id }) => id === ref) ?? all.find(({ name }) => name === ref);
    if (exact !== undefined) return exact;
    const matches = ref === '' ? [] : all.filter(({ id }) => id.startsWith(ref));
    if (matches.length > 1) {
      throw new EngineError('invalid', `${kind} ${ref} is ambiguous (${matches.length} matches found)`);
    }
    const [found] = matches;
    if (found === undefined) throw new EngineError('notFound', `${kind} ${ref} not found`);
    return found;
  }

  read(ref: string): Uint8Array {
    const { id } = this.find(ref);
    const sealed = this.#table.sealed(id);
    if (sealed === undefined) throw new EngineError('notFound', `${this.#rooms.kind} ${ref} not found`);
    return this.#rooms.key().open(sealed, id);
  }

  update(ref: string, { version, name, labels, content }: UpdateSecret): void {
    const record = this.find(ref);
    if (version !== record.version) throw refusal('conflict', 'Unknown', 'update out of sequence');
    const isSame = content === undefined || Buffer.from(this.read(record.id)).equals(content);
    if (name !== record.name || !isSame) {
      throw refusal('invalid', 'InvalidArgument', 'only updates to Labels are allowed');
    }
    const updated = { ...record, labels, updatedNs: nowNs(), version: version + 1 };
    this.#table.update(updated);
    this.#publish(updated, 'update');
  }

  remove(ref: string): void {
    const { kind, usersOf } = this.#rooms;
    const record = this.find(ref);
    const users = usersOf(record.id);
    if (users.length > 0) {
      const who = users.length === 1 ? 'container' : 'containers';
      const text = `${kind} '${record.name}' is in use by the following ${who}: ${users.join(', ')}`;
      throw refusal('invalid', 'InvalidArgument', text);
    }
    this.#table.delete(record.id);
    this.#publish(record, 'remove');
  }

  #validate(name: string, content: Uint8Array): void {
    const { kind } = this.#rooms;
    if (name.length > longestName || !namePattern.test(name)) {
      throw refusal(
        'invalid',
        'InvalidArgument',
        `invalid name, only ${longestName} [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]`,
      );
    }
    const { limitBytes } = kinds[kind];
    if (content.length > 0 && content.length < limitBytes) return;
    const text = `${kind} data must be larger than 0 and less than ${limitBytes} bytes`;
    throw refusal('invalid', 'InvalidArgument', text);
  }

  #publish({ id, name }: SecretRecord, action: SecretAction): void {
    this.#rooms.events.publish({ type: this.#rooms.kind, action, id, attributes: { name } });
  }
}

/** In the words of a cluster's manager, which clients know. */
function refusal(kind: 'invalid' | 'conflict', code: string, text: string): EngineError {
  return new EngineError(kind, `rpc error: code = ${code} desc = ${text}`);
}

function newId(): string {
  return Array.from({ length: 25 }, () => randomInt(36).toString(36)).join('');
}
