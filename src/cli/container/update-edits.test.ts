import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../flags/index.ts';
import { describeEdits, editFlags } from './update-edits.ts';

function edits(...args: string[]) {
  const { values, given } = parseArguments(editFlags, args);
  const around = {
    directory: '/',
    readFile: () => '',
    environment: { OURS: 'here' },
    consoleSize: [0, 0],
    proxies: {},
  } as const;
  return describeEdits(values, given, around);
}

test('describeEdits() leaves out what no flag names', () => {
  assert.deepEqual(edits(), {});
});

test('describeEdits() has a field for each pair of flags', () => {
  assert.deepEqual(edits('--label-add', 'a=1', '--label-add', 'b', '--label-rm', 'c'), {
    Labels: { a: '1', b: '', c: null },
  });
  assert.deepEqual(edits('--env-rm', 'OLD', '--env-add', 'NEW=1', '--env-add', 'OURS'), {
    Env: ['OLD', 'NEW=1', 'OURS=here'],
  });
  assert.deepEqual(edits('--command', "sh -c 'a b'", '--entrypoint', ''), {
    Cmd: ['sh', '-c', 'a b'],
    Entrypoint: [],
  });
  assert.deepEqual(edits('--publish-add', '127.0.0.1:8080:80', '--publish-rm', '81/udp'), {
    PortsAdd: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] },
    PortsRemove: ['81/udp'],
  });
  assert.deepEqual(edits('--mount-add', 'type=tmpfs,dst=/t', '--mount-rm', '/old'), {
    MountsAdd: [{ Type: 'tmpfs', Target: '/t' }],
    MountsRemove: ['/old'],
  });
});

test('describeEdits() refuses what makes no sense', () => {
  assert.throws(() => edits('--env-rm', 'A=1'), /--env-rm takes a name, not "A=1"/);
  assert.throws(() => edits('--command', "echo 'x"), /unclosed quote/);
  assert.throws(() => edits('--publish-add', 'x:80'), /invalid hostPort: x/);
});
