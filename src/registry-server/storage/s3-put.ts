import { type FileHandle, open } from 'node:fs/promises';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';

/** S3 takes at most 10,000 parts of an object, each but the last of 5 MiB or more. */
const leastPartBytes = 16 << 20;
const mostParts = 10_000;

export interface ObjectPlace {
  readonly Bucket: string;
  readonly Key: string;
}

/** Stores a file as an object, which appears when it is whole. One part is held in memory at a time. */
export async function putFile(
  client: S3Client,
  path: string,
  size: number,
  place: ObjectPlace,
): Promise<void> {
  await using file = await open(path);
  if (size <= leastPartBytes) return putWhole(client, await readPart(file, 0, size), place);
  const { CreateMultipartUploadCommand, AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
  const upload = { ...place, UploadId };
  try {
    await putParts(client, file, size, upload);
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

async function putWhole(client: S3Client, Body: Uint8Array, place: ObjectPlace): Promise<void> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  await client.send(new PutObjectCommand({ ...place, Body, ContentType: 'application/octet-stream' }));
}

async function putParts(
  client: S3Client,
  file: FileHandle,
  size: number,
  upload: ObjectPlace & { readonly UploadId: string | undefined },
): Promise<void> {
  const { UploadPartCommand, CompleteMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const partBytes = Math.max(leastPartBytes, Math.ceil(size / mostParts));
  const Parts: CompletedPart[] = [];
  for (let offset = 0; offset < size; offset += partBytes) {
    const PartNumber = Parts.length + 1;
    const Body = await readPart(file, offset, Math.min(partBytes, size - offset));
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
}

async function readPart(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const part = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(part, done, length - done, offset + done);
    if (bytesRead === 0) throw new Error('the file is shorter than it was');
    done += bytesRead;
  }
  return part;
}
