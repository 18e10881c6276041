import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { restoringValue, restoringWrites, writeCgroupFiles } from './cgroup-write.ts';

test('restoringValue() is what the file held, or the line of the device', () => {
  const table: [before: string, written: string, restoring: string][] = [
    ['1024\n', '512', '1024'],
    ['max 100000\n', '50000 100000', 'max 100000'],
    ['\n', '0-1', '\n'],
    ['254:0 1000\n7:0 5\n', '7:0 9', '7:0 5'],
    ['254:0 1000\n', '7:0 9', '7:0 0'],
    [
      '254:0 rbps=9 wbps=max riops=max wiops=max\n',
      '254:0 wbps=5',
      '254:0 rbps=9 wbps=max riops=max wiops=max',
    ],
    ['', '254:0 rbps=5', '254:0 rbps=max'],
    ['default 100\n', 'default 500', 'default 100'],
  ];
  for (const [before, written, restoring] of table) assert.equal(restoringValue(before, written), restoring);
});

test('writeCgroupFiles() writes all, and puts them back when one fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wt-cgroup-'));
  const path = (name: string) => join(folder, name);
  const read = () => ['a', 'b'].map((name) => readFileSync(path(name), 'utf8'));
  try {
    for (const name of ['a', 'b']) writeFileSync(path(name), `${name}0\n`);
    const writes = ['a', 'b'].map((name) => ({ path: path(name), value: `${name}1` }));
    const restoring = restoringWrites(writes);
    writeCgroupFiles(writes);
    assert.deepEqual(read(), ['a1', 'b1']);
    writeCgroupFiles(restoring);
    assert.deepEqual(read(), ['a0', 'b0']);
    const missing = { path: path('none/c'), value: '1' };
    assert.throws(() => writeCgroupFiles([...writes, missing]), {
      kind: 'internal',
      message: `failed to write "1": write ${missing.path}: no such file or directory`,
    });
    assert.deepEqual(read(), ['a0', 'b0']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
