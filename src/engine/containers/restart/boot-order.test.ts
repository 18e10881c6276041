import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordOf } from '../testing/records.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';
import { bootOrder } from './boot-order.ts';

let made = 0;
function container(name: string, request: Parameters<typeof recordOf>[0] = {}): ContainerRecord {
  return recordOf(request, undefined, { name, id: String(++made).padStart(64, '0') as ContainerId });
}

function service(name: string, dependsOn: string, project = 'harbour'): ContainerRecord {
  const labels = { project, service: name, depends_on: dependsOn };
  return container(name, {
    Labels: Object.fromEntries(
      Object.entries(labels).map(([key, value]) => [`com.docker.compose.${key}`, value]),
    ),
  });
}

const names = (rounds: ContainerRecord[][]) => rounds.map((round) => round.map(({ name }) => name));

test('bootOrder() starts services after those they depend on, in one project', () => {
  const web = service('web', 'api:service_started:false,cache:service_healthy:true');
  const api = service('api', 'db:service_healthy:false');
  const other = service('db', '', 'elsewhere');
  const rounds = bootOrder([web, api, service('cache', ''), service('db', ''), other]);
  assert.deepEqual(names(rounds), [['cache', 'db', 'db'], ['api'], ['web']]);
});

test('bootOrder() starts the holder of a namespace before those that share it', () => {
  const holder = container('holder');
  const byId = container('by-id', { HostConfig: { NetworkMode: `container:${holder.id}` } });
  const byName = container('by-name', { HostConfig: { PidMode: 'container:by-id' } });
  assert.deepEqual(names(bootOrder([byName, byId, holder])), [['holder'], ['by-id'], ['by-name']]);
});

test('bootOrder() starts a circle at last, together', () => {
  const rounds = bootOrder([service('a', 'b'), service('b', 'a'), service('c', '')]);
  assert.deepEqual(names(rounds), [['c'], ['a', 'b']]);
});
