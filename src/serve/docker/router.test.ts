import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routes } from '#api';
import { matchRoute } from './router.ts';

const fill = (path: string) => path.replaceAll(/\{\w+\*\}/g, 'a/b').replaceAll(/\{\w+\}/g, 'a');

test('matchRoute() finds every route of the table, with and without version', () => {
  for (const { method, path, operation } of routes) {
    assert.equal(matchRoute(method, fill(path)).operation, operation, path);
    assert.equal(matchRoute(method, `/v1.44${fill(path)}`).operation, operation, path);
  }
});

test('matchRoute() takes an unversioned path for the newest version', () => {
  assert.deepEqual(matchRoute('GET', '/info').version, { major: 1, minor: 51 });
  assert.deepEqual(matchRoute('GET', '/v1.24/info').version, { major: 1, minor: 24 });
});

test('matchRoute() takes a name with its slash', () => {
  assert.deepEqual(matchRoute('GET', '/v1.51/containers/%2Fargo/json').params, { id: 'argo' });
  assert.deepEqual(matchRoute('GET', '/containers//argo/json').params, { id: 'argo' });
});

test('matchRoute() gives the names in the path, decoded', () => {
  assert.deepEqual(matchRoute('GET', '/images/a%2Fb:c/json').params, { name: 'a/b:c' });
  assert.deepEqual(matchRoute('DELETE', '/images/host:5000/a/b').params, { name: 'host:5000/a/b' });
  assert.deepEqual(matchRoute('GET', '/volumes/v%20w').params, { name: 'v w' });
  assert.deepEqual(matchRoute('GET', '/volumes/v%20w/x').params, { name: 'v w/x' });
  assert.deepEqual(matchRoute('DELETE', '/volumes/v w/x').params, { name: 'v w/x' });
  assert.equal(matchRoute('GET', '/volumes/vw/export').operation, 'volumeExport');
});

const unknown = [
  ['GET', '/'],
  ['GET', '/containers'],
  ['PUT', '/containers/json'],
  ['GET', '/containers/a/b/json'],
  ['POST', '/v1.44'],
  ['POST', '/v1.24/containers/prune'],
  ['PUT', '/build'],
  ['GET', '/swarmish'],
] as const;
for (const [method, path] of unknown) {
  test(`matchRoute() finds no page at ${method} ${path}`, () => {
    assert.throws(() => matchRoute(method, path), { kind: 'notFound', message: 'page not found' });
  });
}
