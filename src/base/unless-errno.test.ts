import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { undefinedFor, unlessErrno } from './unless-errno.ts';

test('unlessErrno() gives undefined for the named errors and throws the others', () => {
  assert.equal(
    unlessErrno(['ENOENT'], () => 7),
    7,
  );
  assert.equal(
    unlessErrno(['ENOENT', 'ENOTDIR'], () => readFileSync('/nonexistent')),
    undefined,
  );
  assert.throws(() => unlessErrno(['ENOTDIR'], () => readFileSync('/nonexistent')), { code: 'ENOENT' });
  assert.throws(() => unlessErrno(['ENOENT'], () => JSON.parse('{')), SyntaxError);
});

test('undefinedFor() does so in the catch of a promise', async () => {
  assert.equal(await readFile('/nonexistent').catch(undefinedFor('ENOENT')), undefined);
  await assert.rejects(readFile('/nonexistent').catch(undefinedFor('EACCES')), { code: 'ENOENT' });
});
