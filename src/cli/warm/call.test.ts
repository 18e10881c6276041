import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCall } from './call.ts';

const call = (...facts: string[]) => decodeCall(Buffer.from(facts.map((fact) => `${fact}\0`).join('')));

test('decodeCall() reads a command line and its surroundings', () => {
  const facts = ['p/usr/bin/docker', 'aexec', 'ax', 'a', 'aa b', 'eA=1=2', 'eEMPTY=', 'd/there', 't1 24 80'];
  assert.deepEqual(call(...facts), {
    program: 'docker',
    argv: ['exec', 'x', '', 'a b'],
    environment: { A: '1=2', EMPTY: '' },
    directory: '/there',
    terminals: new Map([[1, { rows: 24, columns: 80 }]]),
  });
});

test('decodeCall() refuses what is no call', () => {
  assert.throws(() => call('aps'), { message: 'a call without a name or a folder' });
  assert.throws(() => call('pwharf', 'd/', 't7 1 1'), { message: 'no terminal: 7 1 1' });
  assert.throws(() => decodeCall(Buffer.from('pwharf\0d/\0a\xff\0', 'latin1')), TypeError);
});

test('decodeCall() takes a variable for a variable, whatever its name', () => {
  const { environment } = call('pwharf', 'd/', 'e__proto__=1', 'econstructor=2');
  assert.deepEqual(Object.entries(environment), [
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
});
