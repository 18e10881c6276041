import { randomBytes } from 'node:crypto';
import type { Metadata, SqlRow } from '#store/metadata';

/**
 * How far the replacing of a volume's content is: put together beside the old content (`filling`), complete while
 * the old one is moved away (`complete`), and complete with the old one out of the way (`cleared`).
 */
export type StagePhase = 'filling' | 'complete' | 'cleared';

export interface Stage {
  /** 12 hex digits, part of the name of the directory that it works in. */
  readonly token: string;
  readonly volume: string;
  /** That the volume was made for this, and goes when it fails. */
  readonly isNew: boolean;
  readonly phase: StagePhase;
}

const steps = [
  `CREATE TABLE volume_stage (
     token TEXT PRIMARY KEY,
     volume TEXT NOT NULL,
     is_new INTEGER NOT NULL,
     phase TEXT NOT NULL
   ) STRICT`,
];

/** The rows of contents that are being replaced: what a killed daemon leaves for the next one. */
export class Stages {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    metadata.migrate('volume-archive', steps);
  }

  begin(volume: string, isNew: boolean): Stage {
    const token = randomBytes(6).toString('hex');
    this.#metadata.run(
      "INSERT INTO volume_stage (token, volume, is_new, phase) VALUES (?, ?, ?, 'filling')",
      token,
      volume,
      isNew ? 1 : 0,
    );
    return { token, volume, isNew, phase: 'filling' };
  }

  advance(stage: Stage, phase: StagePhase): Stage {
    this.#metadata.run('UPDATE volume_stage SET phase = ? WHERE token = ?', phase, stage.token);
    return { ...stage, phase };
  }

  end({ token }: Stage): void {
    this.#metadata.run('DELETE FROM volume_stage WHERE token = ?', token);
  }

  all(): Stage[] {
    return this.#metadata.all('SELECT * FROM volume_stage').map(decodeRow);
  }
}

function decodeRow(row: SqlRow): Stage {
  return {
    token: String(row.token),
    volume: String(row.volume),
    isNew: row.is_new === 1,
    phase: decodePhase(String(row.phase)),
  };
}

function decodePhase(text: string): StagePhase {
  return text === 'complete' || text === 'cleared' ? text : 'filling';
}
