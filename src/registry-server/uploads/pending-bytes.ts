import { projectOf } from '../names.ts';
import type { UploadRecord } from '../records/upload-records.ts';

type Place = Pick<UploadRecord, 'id' | 'repository'>;

/** How many bytes of uploads that have begun and not ended each project has. */
export class PendingBytes {
  readonly #byUpload = new Map<string, number>();
  readonly #byProject = new Map<string, number>();

  /** Notes how large an upload is now. */
  set({ id, repository }: Place, bytes: number): void {
    const project = projectOf(repository);
    const others = this.of(project) - (this.#byUpload.get(id) ?? 0);
    this.#byUpload.set(id, bytes);
    this.#byProject.set(project, others + bytes);
  }

  /** Notes that an upload has ended. */
  delete(upload: Place): void {
    this.set(upload, 0);
    this.#byUpload.delete(upload.id);
  }

  of(project: string): number {
    return this.#byProject.get(project) ?? 0;
  }
}
