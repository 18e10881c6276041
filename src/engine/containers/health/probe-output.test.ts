import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame } from '../attach/frame.ts';
import { formatGoDuration } from './go-duration.ts';
import { ProbeOutput } from './probe-output.ts';

test('ProbeOutput joins both streams, however the frames are split', () => {
  const bytes = Buffer.concat([encodeFrame('stdout', 'hello\n'), encodeFrame('stderr', 'oh\n')]);
  const output = new ProbeOutput();
  for (const byte of bytes) output.add(Uint8Array.of(byte));
  assert.equal(output.text, 'hello\noh\n');
});

test('ProbeOutput keeps 4096 bytes and tells that there was more', () => {
  const exact = new ProbeOutput();
  exact.add(encodeFrame('stdout', 'x'.repeat(4096)));
  assert.equal(exact.text, 'x'.repeat(4096));
  exact.add(encodeFrame('stdout', 'y'));
  assert.equal(exact.text, `${'x'.repeat(4096)}...`);
});

test('formatGoDuration() prints as Go does', () => {
  const table = { 1: '1ms', 500: '500ms', 1000: '1s', 1500: '1.5s', 90000: '1m30s', 3600000: '1h0m0s' };
  for (const [ms, text] of Object.entries(table)) assert.equal(formatGoDuration(Number(ms)), text);
});
