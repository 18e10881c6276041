import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSettings } from './config/resolve.ts';
import { reloadAttributes, SettingsInForce } from './settings-in-force.ts';

test('reload() takes over what can change, leaves the rest, and tells its followers', () => {
  const inForce = new SettingsInForce(resolveSettings({ labels: ['a=1'], bip: '10.0.0.1/24' }));
  let told = 0;
  inForce.onReload(() => told++);
  inForce.reload(resolveSettings({ labels: ['a=2'], debug: true, bip: '10.9.0.1/24' }));
  const { labels, logLevel, network } = inForce.now;
  assert.deepEqual([labels, logLevel, network.bip, told], [['a=2'], 'debug', '10.0.0.1/24', 1]);
});

test("reloadAttributes() has Docker's keys", () => {
  const attributes = reloadAttributes(resolveSettings({ labels: ['a=1'], shutdownTimeout: 7 }), 'harbour');
  assert.deepEqual(
    [attributes.labels, attributes['shutdown-timeout'], attributes.name, attributes['registry-mirrors']],
    ['["a=1"]', '7', 'harbour', '[]'],
  );
});
