import { randomBytes } from 'node:crypto';
import type { Metadata, SqlRow } from '#store/metadata';

/**
 * How far work on a volume is: its content is read; a new content is put together beside the old one (`filling`), is
 * complete while the old one is moved away (`complete`), and is alone (`cleared`).
 */
export type WorkPhase = 'reading' | 'filling' | 'complete' | 'cleared';

/** Work on the whole content of a volume that is under way. */
export interface VolumeWork {
  /** Who uses the volume meanwhile, and the name of what is put together: unlike a container's id. */
  readonly user: string;
  readonly volume: string;
  /** That the volume was made for this, and goes when it fails. */
  readonly isNew: boolean;
  readonly phase: WorkPhase;
}

const steps = [
  `CREATE TABLE volume_work (
     user TEXT PRIMARY KEY,
     volume TEXT NOT NULL,
     is_new INTEGER NOT NULL,
     phase TEXT NOT NULL
   ) STRICT`,
];

/** The rows of work under way: what a killed daemon leaves for the next one. */
export class WorkTable {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    metadata.migrate('volume-archive', steps);
  }

  begin(volume: string, phase: WorkPhase, { isNew = false }: { readonly isNew?: boolean } = {}): VolumeWork {
    const user = `archive-${randomBytes(6).toString('hex')}`;
    this.#metadata.run(
      'INSERT INTO volume_work (user, volume, is_new, phase) VALUES (?, ?, ?, ?)',
      user,
      volume,
      isNew ? 1 : 0,
      phase,
    );
    return { user, volume, isNew, phase };
  }

  advance(work: VolumeWork, phase: WorkPhase): VolumeWork {
    this.#metadata.run('UPDATE volume_work SET phase = ? WHERE user = ?', phase, work.user);
    return { ...work, phase };
  }

  get(user: string): VolumeWork | undefined {
    const row = this.#metadata.get('SELECT * FROM volume_work WHERE user = ?', user);
    return row && decodeRow(row);
  }

  end({ user }: VolumeWork): void {
    this.#metadata.run('DELETE FROM volume_work WHERE user = ?', user);
  }

  all(): VolumeWork[] {
    return this.#metadata.all('SELECT * FROM volume_work').map(decodeRow);
  }
}

function decodeRow(row: SqlRow): VolumeWork {
  return {
    user: String(row.user),
    volume: String(row.volume),
    isNew: row.is_new === 1,
    phase: decodePhase(String(row.phase)),
  };
}

function decodePhase(text: string): WorkPhase {
  return text === 'reading' || text === 'complete' || text === 'cleared' ? text : 'filling';
}
