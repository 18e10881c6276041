import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { updateConfigFile, updateCredentials } from './config-file.ts';

const scratch = mkdtempSync(join(tmpdir(), 'wt-config-'));
after(() => rmSync(scratch, { recursive: true }));

test('updateConfigFile() makes the file for its owner alone, and keeps its other keys', () => {
  const folder = join(scratch, 'new/folder');
  updateConfigFile(folder, (config) => ({ ...config, psFormat: 'x' }));
  updateCredentials(folder, (auths) => {
    auths['a.example'] = { auth: 'eA==' };
  });
  const text = readFileSync(join(folder, 'config.json'), 'utf8');
  assert.deepEqual(JSON.parse(text), { psFormat: 'x', auths: { 'a.example': { auth: 'eA==' } } });
  assert.equal(statSync(join(folder, 'config.json')).mode & 0o777, 0o600);
});

test('updateConfigFile() writes to where a link leads, and leaves the link', () => {
  const [folder, target] = [join(scratch, 'linked'), join(scratch, 'kept.json')];
  mkdirSync(folder);
  writeFileSync(target, '{"psFormat":"x"}');
  symlinkSync('../kept.json', join(folder, 'config.json'));
  updateConfigFile(folder, (config) => ({ ...config, detachKeys: 'y' }));
  assert.ok(lstatSync(join(folder, 'config.json')).isSymbolicLink());
  assert.deepEqual(JSON.parse(readFileSync(target, 'utf8')), { psFormat: 'x', detachKeys: 'y' });
});
