import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editHosts } from './edit-hosts.ts';

const text = '127.0.0.1\tlocalhost\n10.0.0.2\tboat\n10.0.0.2\tother\n10.9.9.9 lighthouse\n';

test('editHosts() takes and adds the container’s own lines only', () => {
  assert.equal(
    editHosts(text, { names: 'boat', remove: ['10.0.0.2', '10.9.9.9'], add: ['10.0.1.2', 'fd00::2'] }),
    '127.0.0.1\tlocalhost\n10.0.0.2\tother\n10.9.9.9 lighthouse\n10.0.1.2\tboat\nfd00::2\tboat\n',
  );
});

test('editHosts() changes nothing when it is done twice, and mends an end without a line feed', () => {
  const edit = { names: 'boat.sea boat', remove: ['10.0.0.2'], add: ['10.0.1.2'] };
  const once = editHosts('127.0.0.1\tlocalhost', edit);
  assert.equal(once, '127.0.0.1\tlocalhost\n10.0.1.2\tboat.sea boat\n');
  assert.equal(editHosts(once, edit), once);
});
