import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectOf } from '../names.ts';
import type { Records } from '../records/records.ts';
import type { UploadRecord } from '../records/upload-records.ts';
import { isDiskFull, Refusal } from '../refusal.ts';
import { Upload } from './upload.ts';

/** A server that has so many at once is being abused. */
const mostUploads = 10_000;
/** So that one project can't use up what there is for all. */
const mostOfProject = 1000;

/** The uploads that have begun, each a file of one folder. They outlive the server. */
export class Uploads {
  readonly #folder: string;
  readonly #records: Records;
  readonly #open = new Map<string, Promise<Upload>>();

  /** Makes the folder when it is missing; files without a record, and records without a file, go. */
  constructor(folder: string, records: Records) {
    this.#folder = folder;
    this.#records = records;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const known = new Set(records.uploads.list().map(({ id }) => id));
    for (const name of readdirSync(folder)) {
      if (!known.has(name)) rmSync(join(folder, name), { force: true });
    }
    for (const id of known) if (!existsSync(this.#pathOf(id))) records.uploads.delete(id);
  }

  /** @throws Refusal TOOMANYREQUESTS */
  async begin(repository: string): Promise<Upload> {
    const { uploads } = this.#records;
    if (uploads.count() >= mostUploads || uploads.countOf(projectOf(repository)) >= mostOfProject) {
      throw new Refusal('TOOMANYREQUESTS', 'too many uploads have begun and not ended');
    }
    const record = { id: randomUUID(), repository, startedMs: Date.now() };
    await writeFile(this.#pathOf(record.id), '', { flag: 'wx', mode: 0o600 });
    this.#records.uploads.add(record);
    return this.#remember(record.id, Promise.resolve(this.#make(record)));
  }

  /** An upload of a repository, also one that an earlier server began. @throws Refusal BLOB_UPLOAD_UNKNOWN */
  async find(repository: string, id: string): Promise<Upload> {
    const record = this.#records.uploads.find(repository, id);
    if (record === undefined) throw new Refusal('BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const upload = this.#make(record);
    return this.#remember(
      id,
      upload.resume().then(() => upload),
    );
  }

  /** Forgets an upload; what is left of its file goes. */
  async end({ id }: Pick<Upload, 'id'>): Promise<void> {
    this.#open.delete(id);
    this.#records.uploads.delete(id);
    await rm(this.#pathOf(id), { force: true });
  }

  /**
   * After bytes could not be written: what the file has is read anew before it goes on. On a full disk the upload
   * ends, to make room.
   */
  async fail(upload: Upload, error: unknown): Promise<void> {
    await upload.abandon();
    this.#open.delete(upload.id);
    if (isDiskFull(error)) await this.end(upload);
  }

  /** A path of the same file system for a file that is about to become a blob; it is removed at the next start. */
  newPath(): string {
    return this.#pathOf(randomUUID());
  }

  /** Ends the uploads to which nothing was appended since `beforeMs`. @returns how many */
  async expire(beforeMs: number): Promise<number> {
    let ended = 0;
    for (const record of this.#records.uploads.list()) {
      const found = await stat(this.#pathOf(record.id)).catch(() => undefined);
      if (found !== undefined && found.mtimeMs >= beforeMs) continue;
      await this.end(record);
      ended += 1;
    }
    return ended;
  }

  count(): number {
    return this.#records.uploads.count();
  }

  #make({ id, repository }: UploadRecord): Upload {
    return new Upload(id, repository, this.#pathOf(id));
  }

  #remember(id: string, upload: Promise<Upload>): Promise<Upload> {
    this.#open.set(id, upload);
    upload.catch(() => this.#open.delete(id));
    return upload;
  }

  #pathOf(id: string): string {
    return join(this.#folder, id);
  }
}
