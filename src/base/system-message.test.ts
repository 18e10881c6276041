import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorMessage } from './errors.ts';
import { systemMessage } from './system-message.ts';

test('systemMessage() tells failures in the C library’s words, the call and the path first', () => {
  const cases: Readonly<Record<string, string>> = {
    'ENOSPC: no space left on device, write': 'write: no space left on device',
    "ENOENT: no such file or directory, open '/a, b'": 'open /a, b: no such file or directory',
    "EEXIST: file already exists, mkdir '/a'": 'mkdir /a: file exists',
    "EXDEV: cross-device link not permitted, rename '/a' -> '/b'": 'rename /a /b: invalid cross-device link',
    'EVERYTHING: is fine': 'EVERYTHING: is fine',
    'no space left on device': 'no space left on device',
  };
  for (const [told, expected] of Object.entries(cases)) assert.equal(systemMessage(told), expected);
});

test('errorMessage() tells what this runtime says of a failed call likewise', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wt-message-'));
  const messageOf = (work: () => void) => {
    try {
      work();
    } catch (error) {
      return errorMessage(error);
    }
    return undefined;
  };
  assert.equal(
    messageOf(() => readFileSync(`${folder}/none`)),
    `open ${folder}/none: no such file or directory`,
  );
  assert.equal(
    messageOf(() => mkdirSync(folder)),
    `mkdir ${folder}: file exists`,
  );
  rmSync(folder, { recursive: true });
});
