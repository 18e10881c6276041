import { randomBytes } from 'node:crypto';
import { EngineError } from '#base';
import { isRole, type Role } from '#registry-api';
import type { Metadata, SqlRow } from '#store/metadata';

/** Somebody who can log in: a user, or a robot of a project. */
export interface Account {
  readonly name: string;
  /** What is kept of the password or token. */
  readonly secret: string;
  /** New whenever the secret is. */
  readonly generation: string;
  readonly isAdmin: boolean;
  readonly createdMs: number;
  /** Undefined for users. */
  readonly robot: Robot | undefined;
}

export interface Robot {
  readonly project: string;
  readonly role: Role;
  readonly expiresMs: number | undefined;
}

const columns = `name, secret, generation, is_admin, created_ms, project, role, expires_ms
  FROM account LEFT JOIN robot ON robot.account = account.name`;

/** All accounts. */
export class AccountRecords {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  find(name: string): Account | undefined {
    const row = this.#metadata.get(`SELECT ${columns} WHERE name = ?`, name);
    return row === undefined ? undefined : asAccount(row);
  }

  listUsers(): Account[] {
    return this.#metadata.all(`SELECT ${columns} WHERE project IS NULL ORDER BY name`).map(asAccount);
  }

  listRobots(project: string): Account[] {
    return this.#metadata.all(`SELECT ${columns} WHERE project = ? ORDER BY name`, project).map(asAccount);
  }

  /** @throws EngineError conflict, for a name that is taken */
  addUser(name: string, secret: string, isAdmin: boolean): void {
    this.#metadata.transaction(() => this.#add(name, secret, isAdmin));
  }

  /** @throws EngineError conflict, for a name that is taken */
  addRobot(name: string, secret: string, { project, role, expiresMs }: Robot): void {
    this.#metadata.transaction(() => {
      this.#add(name, secret, false);
      this.#metadata.run(
        'INSERT INTO robot (account, project, role, expires_ms) VALUES (?, ?, ?, ?)',
        name,
        project,
        role,
        expiresMs ?? null,
      );
    });
  }

  /** Gives an account a new secret; what was issued under the old one is void. */
  setSecret(name: string, secret: string): void {
    const generation = makeGeneration();
    this.#metadata.run(
      'UPDATE account SET secret = ?, generation = ? WHERE name = ?',
      secret,
      generation,
      name,
    );
  }

  remove(name: string): void {
    this.#metadata.run('DELETE FROM account WHERE name = ?', name);
  }

  /** Forgets robots whose time is over. */
  removeExpired(nowMs: number): void {
    this.#metadata.run(
      'DELETE FROM account WHERE name IN (SELECT account FROM robot WHERE expires_ms <= ?)',
      nowMs,
    );
  }

  #add(name: string, secret: string, isAdmin: boolean): void {
    if (this.find(name) !== undefined) throw new EngineError('conflict', `${name} is there already`);
    this.#metadata.run(
      'INSERT INTO account (name, secret, generation, is_admin, created_ms) VALUES (?, ?, ?, ?, ?)',
      name,
      secret,
      makeGeneration(),
      isAdmin ? 1 : 0,
      Date.now(),
    );
  }
}

function makeGeneration(): string {
  return randomBytes(12).toString('base64url');
}

function asAccount(row: SqlRow): Account {
  const { name, secret, generation, is_admin, created_ms, project, role, expires_ms } = row;
  return {
    name: String(name),
    secret: String(secret),
    generation: String(generation),
    isAdmin: is_admin === 1,
    createdMs: Number(created_ms),
    robot:
      isRole(role) && typeof project === 'string'
        ? { project, role, expiresMs: expires_ms === null ? undefined : Number(expires_ms) }
        : undefined,
  };
}
