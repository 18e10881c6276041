import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFiles } from '../../src/engine/containers/logs/files/log-files.ts';
import { packRotated } from '../../src/engine/containers/logs/pack-rotated.ts';
import { openLog } from '../../src/engine/containers/logs/read-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'wt-rotation-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes and rotates as a shim does, as fast as it can. */
const writer = `
import os, fcntl, sys
path, last, keep = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
entry = b'{"log":"%d\\\\n","stream":"stdout","time":"2026-01-01T00:00:00.%09dZ"}\\n'
create = lambda: os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
fd, size = create(), 0
for first in range(1, last, 10):
    size += os.write(fd, b''.join(entry % (number, number) for number in range(first, first + 10)))
    if size < 5000: continue
    try: fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError: continue
    for number in range(keep - 1, 0, -1):
        for end in ('', '.gz'):
            try: os.rename('%s.%d%s' % (path, number, end), '%s.%d%s' % (path, number + 1, end))
            except FileNotFoundError: pass
    os.rename(path, path + '.1')
    os.close(fd)
    fd, size = create(), 0
`;

test('a log that is rotated hundreds of times a second and packed is followed without a gap', async () => {
  const path = join(folder, 'log');
  const last = 20_000;
  writeFileSync(path, '');
  const files = new LogFiles();
  const never = new AbortController().signal;
  const child = spawn('/usr/bin/python3', ['-c', writer, path, String(last), '400'], { stdio: 'inherit' });
  let writes = true;
  const written = once(child, 'exit').then(() => {
    writes = false;
  });
  const packed = (async () => {
    while (writes) {
      await packRotated(files, path, never);
      await sleep(5);
    }
  })();
  const growth = {
    async next() {
      await sleep(2);
      return writes;
    },
    [Symbol.dispose]() {},
  };
  const read = async (follow: boolean): Promise<number[]> => {
    const options = { stdout: true, stderr: true, follow };
    const request = { path, format: 'json-file' as const, framed: false, prefix: '', options };
    const chunks: Uint8Array[] = [];
    for await (const chunk of await openLog(files, request, () => (follow ? growth : undefined), never))
      chunks.push(chunk);
    return Buffer.concat(chunks).toString().trim().split('\n').map(Number);
  };
  const everything = Array.from({ length: last }, (_, index) => index + 1);
  assert.deepEqual(await read(true), everything);
  await Promise.all([written, packed]);
  assert.deepEqual(await read(false), everything);
});
