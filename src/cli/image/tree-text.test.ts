import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { layOutTree, type TreeImage } from './tree-text.ts';

const line = { id: 'aaaaaaaaaaaa', diskUsage: '1MB', contentSize: '2kB', inUse: false };
const image: TreeImage = {
  ...line,
  names: ['a:1', 'b:2'],
  inUse: true,
  children: [
    { ...line, name: 'linux/amd64', inUse: true },
    { ...line, name: 'linux/arm64', isFaint: true },
  ],
};

test('layOutTree() shows an image’s names above its platforms', () => {
  const text = layOutTree([image], { width: 80, isTerminal: false });
  assert.deepEqual(text.split('\n').slice(3), [
    'IMAGE            ID             DISK USAGE   CONTENT SIZE   EXTRA',
    'a:1',
    'b:2              aaaaaaaaaaaa          1MB            2kB   U    ',
    '├─ linux/amd64   aaaaaaaaaaaa          1MB            2kB   U    ',
    '└─ linux/arm64   aaaaaaaaaaaa          1MB            2kB        ',
    '',
    '',
  ]);
});

test('layOutTree() leaves columns out and cuts names where a terminal is narrow', () => {
  for (const width of [1, 19, 20, 27, 40, 55, 80, 300]) {
    const text = stripVTControlCharacters(layOutTree([image], { width, isTerminal: true }));
    const [, , , head = '', , , child = ''] = text.split('\n');
    assert.ok(child.length <= Math.max(width, 20), `${width}: ${child}`);
    assert.equal(child.length, head.length);
  }
});

test('layOutTree() paints on terminals only, and names what has no name', () => {
  const bare: TreeImage = { ...line, names: [], children: [] };
  assert.match(layOutTree([bare], { width: 80, isTerminal: false }), /^<untagged> {3}aaaaaaaaaaaa/m);
  assert.ok(!layOutTree([image], { width: 80, isTerminal: false }).includes('\x1b'));
  assert.ok(layOutTree([image], { width: 80, isTerminal: true }).includes('\x1b[2m└─ linux/arm64'));
});
