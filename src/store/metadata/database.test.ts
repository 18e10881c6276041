import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '#base';
import { openMetadata } from './index.ts';

const steps = ['CREATE TABLE boat (name TEXT PRIMARY KEY, crew INTEGER) STRICT'];

test('migrate() runs each step once', () => {
  const metadata = openMetadata(':memory:');
  metadata.migrate('boats', steps);
  metadata.migrate('boats', [...steps, "INSERT INTO boat VALUES ('argo', 50)"]);
  metadata.migrate('boats', [...steps, "INSERT INTO boat VALUES ('argo', 50)"]);
  assert.deepEqual({ ...metadata.get('SELECT * FROM boat') }, { name: 'argo', crew: 50 });
});

test('migrate() refuses a database of a newer version', () => {
  const metadata = openMetadata(':memory:');
  metadata.migrate('boats', steps);
  assert.throws(
    () => metadata.migrate('boats', []),
    (error) => error instanceof EngineError && error.kind === 'corrupt',
  );
});

test('transaction() keeps nothing of work that throws', () => {
  const metadata = openMetadata(':memory:');
  metadata.migrate('boats', steps);
  assert.throws(() =>
    metadata.transaction(() => {
      metadata.run("INSERT INTO boat VALUES ('argo', 50)");
      throw new Error('sunk');
    }),
  );
  assert.deepEqual(metadata.all('SELECT * FROM boat'), []);
});
