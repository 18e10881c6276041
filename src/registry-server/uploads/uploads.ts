import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectOf } from '../names.ts';
import type { Records } from '../records/records.ts';
import type { UploadRecord } from '../records/upload-records.ts';
import { isDenied, isDiskFull, Refusal } from '../refusal.ts';
import { PendingBytes } from './pending-bytes.ts';
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
  readonly #pending = new PendingBytes();

  /** Makes the folder when it is missing; files without a record, and records without a file, go. */
  constructor(folder: string, records: Records) {
    this.#folder = folder;
    this.#records = records;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const known = records.uploads.list();
    const ids = new Set(known.map(({ id }) => id));
    for (const name of readdirSync(folder)) {
      if (!ids.has(name)) rmSync(join(folder, name), { force: true });
    }
    for (const record of known) this.#takeUp(record);
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

  /** Bytes of a project's uploads that have not ended. */
  pendingOf(project: string): number {
    return this.#pending.of(project);
  }

  /** From now on the bytes of an upload count elsewhere. */
  settle(upload: Pick<Upload, 'id' | 'repository'>): void {
    this.#pending.delete(upload);
  }

  /** Forgets an upload; what is left of its file goes, and who still appends is told. */
  async end(upload: Pick<Upload, 'id' | 'repository'>): Promise<void> {
    const { id } = upload;
    const open = this.#open.get(id);
    this.#open.delete(id);
    this.#records.uploads.delete(id);
    await (await open?.catch(() => undefined))?.abandon();
    await rm(this.#pathOf(id), { force: true });
    this.settle(upload);
  }

  /**
   * After bytes could not be taken: what the file has is read anew before it goes on. On a full disk, and beyond a
   * quota, the upload ends, to make room.
   */
  async fail(upload: Upload, error: unknown): Promise<void> {
    await upload.abandon();
    this.#open.delete(upload.id);
    if (isDiskFull(error) || isDenied(error)) await this.end(upload);
  }

  /** A path of the same file system for a file that is about to become a blob; it is removed at the next start. */
  newPath(): string {
    return this.#pathOf(randomUUID());
  }

  /** Ends the uploads, all or those that are meant, to which nothing was appended since `beforeMs`. @returns how many */
  async expire(beforeMs: number, isMeant = (_: UploadRecord) => true): Promise<number> {
    let ended = 0;
    for (const record of this.#records.uploads.list()) {
      if (!isMeant(record)) continue;
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

  /** What an earlier server has left of an upload. */
  #takeUp(record: UploadRecord): void {
    const found = statSync(this.#pathOf(record.id), { throwIfNoEntry: false });
    if (found === undefined) this.#records.uploads.delete(record.id);
    else this.#pending.set(record, found.size);
  }

  #make(record: UploadRecord): Upload {
    return new Upload(record, this.#pathOf(record.id), (size) => this.#pending.set(record, size));
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
