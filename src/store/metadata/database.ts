import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { EngineError } from '#base';
import { isFull, openReserved } from './reserve.ts';

export type SqlValue = SQLInputValue;
export type SqlRow = Readonly<Record<string, unknown>>;

/** The one database of a data root. Calls are synchronous and short; rows are plain objects. */
export interface Metadata {
  /**
   * Brings the tables of one room to the newest shape: runs the steps that this database has not seen yet,
   * in order, in one transaction. Steps are append-only.
   * @throws EngineError corrupt, when the database was written by a newer Wharf
   */
  migrate(room: string, steps: readonly string[]): void;
  all(sql: string, ...values: SqlValue[]): SqlRow[];
  get(sql: string, ...values: SqlValue[]): SqlRow | undefined;
  run(sql: string, ...values: SqlValue[]): void;
  /** Runs `work` in a transaction: all of it is kept, or, when it throws, nothing. Must not be nested. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens or creates the database file; `:memory:` gives one that lives as long as the object. */
export function openMetadata(path: string): Metadata {
  const database = path === ':memory:' ? openDatabase(path) : openReserved(path, openDatabase);
  const statements = new Map<string, StatementSync>();

  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };

  const transaction = <T>(work: () => T): T => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // On a full disk SQLite has rolled back by itself.
      if (!isFull(error)) database.exec('ROLLBACK');
      throw explain(error);
    }
  };

  return {
    migrate(room, steps) {
      const row = prepared('SELECT version FROM migrations WHERE room = ?').get(room);
      const version = Number(row?.version ?? 0);
      if (version > steps.length) {
        throw new EngineError(
          'corrupt',
          `the tables of ${room} have version ${version}, newest known is ${steps.length}`,
        );
      }
      if (version === steps.length) return;
      transaction(() => {
        for (const step of steps.slice(version)) database.exec(step);
        prepared(
          'INSERT INTO migrations (room, version) VALUES (?1, ?2) ON CONFLICT (room) DO UPDATE SET version = ?2',
        ).run(room, steps.length);
      });
    },
    all: (sql, ...values) => prepared(sql).all(...values),
    get: (sql, ...values) => prepared(sql).get(...values),
    run(sql, ...values) {
      try {
        prepared(sql).run(...values);
      } catch (error) {
        throw explain(error);
      }
    },
    transaction,
    close() {
      statements.clear();
      database.close();
    },
  };
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  // Exclusive: nobody shares it, and there is no memory-mapped file that a full disk would spoil.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  // WAL + NORMAL: a killed daemon loses nothing, a power cut at most the last commits, and no fsync per commit.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
  database.exec('CREATE TABLE IF NOT EXISTS migrations (room TEXT PRIMARY KEY, version INTEGER NOT NULL)');
  return database;
}

function explain(error: unknown): unknown {
  return isFull(error) ? new EngineError('internal', 'no space left on device', { cause: error }) : error;
}
