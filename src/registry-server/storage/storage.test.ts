import { after } from 'node:test';
import { startS3, type TestS3 } from '../testing/s3-server.ts';
import { storageConformance } from '../testing/storage-conformance.ts';
import { openFileStorage } from './file-storage.ts';
import { openS3Storage } from './s3-storage.ts';

let s3: TestS3 | undefined;
after(async () => s3?.[Symbol.asyncDispose]());

storageConformance('in files', async (folder) => openFileStorage(folder));

storageConformance('in S3', async () => {
  s3 = await startS3();
  return openS3Storage(s3.settings);
});
