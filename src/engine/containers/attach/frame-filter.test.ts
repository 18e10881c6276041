import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame } from './frame.ts';
import { FrameFilter } from './frame-filter.ts';

const output = Buffer.concat([
  encodeFrame('stdout', 'one'),
  encodeFrame('stderr', 'two'),
  encodeFrame('stdout', ''),
  encodeFrame('stdout', 'three'),
]);

for (const size of [1, 5, 8, 9, 1000]) {
  test(`FrameFilter lets one stream pass, in pieces of ${size}`, () => {
    const filter = new FrameFilter({ stdout: true, stderr: false });
    const passed: Buffer[] = [];
    for (let at = 0; at < output.length; at += size)
      passed.push(filter.filter(output.subarray(at, at + size)));
    const wanted = ['one', '', 'three'].map((text) => encodeFrame('stdout', text));
    assert.deepEqual(Buffer.concat(passed), Buffer.concat(wanted));
  });
}
