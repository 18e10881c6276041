import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeYaml } from './yaml.ts';

test('encodeYaml() quotes every text, and variables stay as they are written', () => {
  assert.deepEqual(encodeYaml({ a: 'x: #$HOME "q"\n', b: 'yes', 'c/d': true, e: 1.5 }), [
    'a: "x: #$$HOME \\"q\\"\\n"',
    'b: "yes"',
    '"c/d": true',
    'e: 1.5',
  ]);
});

test('encodeYaml() nests maps and lists by two blanks', () => {
  const value = { top: { list: ['a', { k: 'v', l: ['b'] }, {}], none: [], empty: {} } };
  assert.deepEqual(encodeYaml(value), [
    'top:',
    '  list:',
    '    - "a"',
    '    - k: "v"',
    '      l:',
    '        - "b"',
    '    - {}',
    '  none: []',
    '  empty: {}',
  ]);
});
