import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountAttr, parseMountOptions, propagationType } from './mount-options.ts';

test('parseMountOptions() sorts options by what they act upon', () => {
  const options = parseMountOptions([
    'rbind',
    'ro',
    'nosuid',
    'rslave',
    'rnoexec',
    'sync',
    'size=64k',
    'mode=755',
  ]);
  assert.deepEqual(options, {
    bind: true,
    recursiveBind: true,
    attributes: { set: mountAttr.readOnly | mountAttr.noSuid, clear: 0n },
    recursiveAttributes: { set: mountAttr.noExec, clear: 0n },
    superFlags: 0x10,
    propagation: { type: propagationType.slave, recursive: true },
    data: 'size=64k,mode=755',
  });
});

test('parseMountOptions() lets the later of two opposite options win', () => {
  assert.deepEqual(parseMountOptions(['ro', 'rw']).attributes, { set: 0n, clear: mountAttr.readOnly });
  assert.deepEqual(parseMountOptions(['rw', 'ro']).attributes, { set: mountAttr.readOnly, clear: 0n });
});

test('parseMountOptions() clears the whole access time field to set one mode', () => {
  assert.deepEqual(parseMountOptions(['noatime']).attributes, { set: mountAttr.noAtime, clear: 0x70n });
  assert.deepEqual(parseMountOptions(['relatime']).attributes, { set: 0n, clear: 0x70n });
});

test('parseMountOptions() knows relatime from a recursive latime', () => {
  assert.deepEqual(parseMountOptions(['relatime', 'rrelatime']).recursiveAttributes, {
    set: 0n,
    clear: 0x70n,
  });
  assert.equal(parseMountOptions(['relatime', 'rw', 'remount']).data, '');
});
