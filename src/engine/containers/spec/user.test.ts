import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveUser } from './user.ts';

const files = {
  passwd: 'root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000:Ada:/home/ada:/bin/sh\n12:x:7:7::/seven:\n',
  group: 'root:x:0:\nwheel:x:10:root,ada\nada:x:1000:\nsail:x:20:ada\n',
};
const resolve = (text: string, groupAdd: string[] = []) => resolveUser(text, groupAdd, files);

test('resolveUser() is root without a user, with the groups that list root', () => {
  assert.deepEqual(resolve(''), { uid: 0, gid: 0, additionalGids: [0, 10], home: '/root' });
});

test('resolveUser() finds users and groups by name and number', () => {
  assert.deepEqual(resolve('ada'), {
    uid: 1000,
    gid: 1000,
    additionalGids: [1000, 10, 20],
    home: '/home/ada',
  });
  assert.deepEqual(resolve('1000'), resolve('ada'));
  assert.deepEqual(resolve('ada:wheel'), { uid: 1000, gid: 10, additionalGids: [10], home: '/home/ada' });
  assert.deepEqual(resolve('4242:4243'), { uid: 4242, gid: 4243, additionalGids: [4243], home: '/' });
  assert.equal(resolve('12').uid, 7);
});

test('resolveUser() adds further groups', () => {
  assert.deepEqual(resolve('4242', ['sail', '99']).additionalGids, [0, 20, 99]);
});

test("resolveUser() refuses unknown names, in Docker's words", () => {
  assert.throws(() => resolve('bob'), /unable to find user bob: no matching entries in passwd file/);
  assert.throws(() => resolve('ada:crew'), /unable to find group crew: no matching entries in group file/);
  assert.throws(() => resolve('4294967295'), /uids and gids must be in range 0-2147483647/);
});

test('resolveUser() does without account files', () => {
  const none = { passwd: '', group: '' };
  assert.deepEqual(resolveUser('', [], none), { uid: 0, gid: 0, additionalGids: [0], home: '/root' });
});
