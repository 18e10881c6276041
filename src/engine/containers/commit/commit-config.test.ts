import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerConfig, containerConfig, decode } from '#api';
import { commitConfig } from './commit-config.ts';

const container: ContainerConfig = decode(containerConfig, {
  Hostname: 'c0ffee',
  Image: 'base:1',
  Tty: true,
  Env: ['PATH=/bin', 'A=1'],
  Cmd: ['sh'],
  Entrypoint: ['init'],
  Labels: { own: 'yes' },
  WorkingDir: '/srv',
  User: 'ada',
  ExposedPorts: { '80/tcp': {} },
  StopTimeout: 3,
  Healthcheck: { Test: ['CMD', 'true'] },
});

test('commitConfig() keeps what an image has of a container’s configuration', () => {
  assert.deepEqual(commitConfig(container, undefined, []), {
    Env: ['PATH=/bin', 'A=1'],
    Cmd: ['sh'],
    Entrypoint: ['init'],
    Labels: { own: 'yes' },
    WorkingDir: '/srv',
    User: 'ada',
    ExposedPorts: { '80/tcp': {} },
    StopTimeout: 3,
    Healthcheck: { Test: ['CMD', 'true'] },
  });
});

test('commitConfig() applies changes over the container’s', () => {
  const changed = commitConfig(container, undefined, ['ENV B=2', 'LABEL l=v', 'WORKDIR sub', 'EXPOSE 90']);
  assert.deepEqual(changed.Env, ['PATH=/bin', 'A=1', 'B=2']);
  assert.deepEqual(changed.Labels, { own: 'yes', l: 'v' });
  assert.equal(changed.WorkingDir, '/srv/sub');
  assert.deepEqual(Object.keys(changed.ExposedPorts ?? {}).sort(), ['80/tcp', '90/tcp']);
  const entry = commitConfig(container, undefined, ['ENTRYPOINT ["e"]']);
  assert.deepEqual([entry.Entrypoint, entry.Cmd], [['e'], undefined]);
});

test('commitConfig() fills what a given configuration leaves empty', () => {
  const given = decode(containerConfig, { Cmd: ['zz'], Env: ['PATH=/q'], Labels: { k: 'v' } });
  const merged = commitConfig(container, given, ['ENV Q=1']);
  assert.deepEqual(merged.Env, ['PATH=/q', 'Q=1', 'A=1']);
  assert.deepEqual([merged.Cmd, merged.Entrypoint, merged.User], [['zz'], ['init'], 'ada']);
  assert.deepEqual(merged.Labels, { own: 'yes', k: 'v' });
});
