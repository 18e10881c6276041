import { encodeTarEntry, paddedTarLength, plainEntry, tarBlockBytes } from '#oci';
import type { ArchiveFile } from './archive-files.ts';
import type { SavedBlob, StoredFile } from './saved-image.ts';

/** What an archive is made of, in turn: bytes, and whole files. */
export type ArchivePart = Uint8Array | StoredFile;

/** The members as a tar that is the same whoever asks and whenever: all of root, all as old as 1970. */
export function archiveParts(files: readonly ArchiveFile[]): ArchivePart[] {
  const parts: ArchivePart[] = [];
  for (const file of files) {
    const sizeBytes = sizeOf(file.content);
    parts.push(encodeHead(file, sizeBytes));
    if (file.content !== undefined) parts.push(file.content);
    parts.push(new Uint8Array(paddedTarLength(sizeBytes) - sizeBytes));
  }
  return [...parts, new Uint8Array(2 * tarBlockBytes)];
}

function encodeHead({ path, content }: ArchiveFile, sizeBytes: number): Uint8Array {
  const kind =
    content === undefined
      ? ({ type: 'directory', mode: 0o755 } as const)
      : ({ type: 'file', mode: 0o644 } as const);
  return encodeTarEntry({ ...plainEntry(path), ...kind, sizeBytes });
}

export function sizeOf(content: SavedBlob | undefined): number {
  if (content === undefined) return 0;
  return content instanceof Uint8Array ? content.length : content.sizeBytes;
}
