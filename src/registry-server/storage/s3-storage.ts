import { rm, stat } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { type AnyDigest, digestHex, digestOfHex, EngineError } from '#base';
import type { S3Settings } from '../settings/settings.ts';
import { putFile } from './s3-put.ts';
import type { BlobStorage, ByteRange } from './types.ts';

/**
 * Blobs as objects of a bucket, which must exist. What an upload of an earlier server left in parts is aborted: one
 * server works under one prefix. The client library is loaded by this call.
 */
export async function openS3Storage(settings: S3Settings): Promise<BlobStorage> {
  const sdk = await import('@aws-sdk/client-s3');
  const { bucket: Bucket, prefix: Prefix } = settings;
  const client = new sdk.S3Client({
    region: settings.region,
    ...(settings.endpoint !== undefined && { endpoint: settings.endpoint, forcePathStyle: true }),
    ...(settings.credentials !== undefined && { credentials: settings.credentials }),
    // Checksums that S3 servers other than Amazon's may not know; every blob has its digest.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const place = (digest: AnyDigest) => ({ Bucket, Key: `${Prefix}${digestHex(digest)}` });
  const sizeOf = async (digest: AnyDigest) => {
    const found = await orNotFound(digest, client.send(new sdk.HeadObjectCommand(place(digest))));
    return found.ContentLength ?? 0;
  };
  await abortUploads(client, settings);

  return {
    async open(digest) {
      const size = await sizeOf(digest);
      return {
        size,
        read: (range, signal) => readObject(client, { ...place(digest), digest }, range, signal),
        [Symbol.dispose]() {},
      };
    },
    async adopt(file, digest) {
      const { size } = await stat(file);
      const stored = await sizeOf(digest).catch(() => undefined);
      if (stored !== size) await putFile(client, file, size, place(digest));
      await rm(file, { force: true });
    },
    async delete(digest) {
      await client.send(new sdk.DeleteObjectCommand(place(digest)));
    },
    async *list() {
      for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        for (const { Key = '', LastModified } of page.Contents ?? []) {
          const digest = digestOfHex(Key.slice(Prefix.length));
          if (digest !== undefined) yield { digest, modifiedMs: LastModified?.getTime() ?? 0 };
        }
      }
    },
    async check() {
      await client.send(new sdk.HeadBucketCommand({ Bucket }));
    },
    close: () => client.destroy(),
  };
}

async function* readObject(
  client: S3Client,
  { digest, ...place }: { readonly Bucket: string; readonly Key: string; readonly digest: AnyDigest },
  { offset, length }: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (length === 0) return;
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const command = new GetObjectCommand({ ...place, Range: `bytes=${offset}-${offset + length - 1}` });
  const { Body } = await orNotFound(digest, client.send(command, { abortSignal: signal }));
  if (Body === undefined) throw new EngineError('unavailable', `the storage sent nothing of ${digest}`);
  for await (const chunk of Body.transformToWebStream()) yield chunk;
}

async function orNotFound<T>(digest: AnyDigest, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : '';
    if (name !== 'NotFound' && name !== 'NoSuchKey') throw cause;
    throw new EngineError('notFound', `blob ${digest} is not stored`, { cause });
  }
}

/** Servers that can't list them have to forget them by a rule of their own. */
async function abortUploads(client: S3Client, { bucket: Bucket, prefix: Prefix }: S3Settings): Promise<void> {
  const { ListMultipartUploadsCommand, AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const listed = await client
    .send(new ListMultipartUploadsCommand({ Bucket, Prefix }))
    .catch(() => undefined);
  for (const { Key, UploadId } of listed?.Uploads ?? []) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => {});
  }
}
