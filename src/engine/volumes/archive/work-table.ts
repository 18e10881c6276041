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
  /** When the top of the new content was changed last, from when it is complete on. */
  readonly topNs?: bigint;
}

const steps = [
  `CREATE TABLE volume_work (
     user TEXT PRIMARY KEY,
     volume TEXT NOT NULL,
     is_new INTEGER NOT NULL,
     phase TEXT NOT NULL
   ) STRICT`,
  'ALTER TABLE volume_work ADD COLUMN top_ns TEXT',
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

  /** Notes that the new content is all there. */
  complete(work: VolumeWork, topNs: bigint): VolumeWork {
    const sql = "UPDATE volume_work SET phase = 'complete', top_ns = ? WHERE user = ?";
    this.#metadata.run(sql, String(topNs), work.user);
    return { ...work, phase: 'complete', topNs };
  }

  /** Notes that the old content is out of the way. */
  clear(work: VolumeWork): VolumeWork {
    this.#metadata.run("UPDATE volume_work SET phase = 'cleared' WHERE user = ?", work.user);
    return { ...work, phase: 'cleared' };
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
    ...(typeof row.top_ns === 'string' && { topNs: BigInt(row.top_ns) }),
  };
}

function decodePhase(text: string): WorkPhase {
  return text === 'reading' || text === 'complete' || text === 'cleared' ? text : 'filling';
}
