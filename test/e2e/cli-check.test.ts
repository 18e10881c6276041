import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { repository, runProgram } from '../testing/programs.ts';

const wharf = (...args: string[]) => runProgram(`${repository}bin/wharf`, args);

describe('wharf check', () => {
  test('B01 names each feature, and says by its exit code whether this machine will do', async () => {
    const { code, stdout } = await wharf('check');
    assert.equal(code, 0);
    assert.match(stdout, /^ok +namespaces/m);
  });

  test('refuses a format that it does not have', async () => {
    const { code, stderr } = await wharf('check', '--format', 'xml');
    assert.equal(code, 1);
    assert.equal(stderr, 'unknown format: xml\n');
  });
});
