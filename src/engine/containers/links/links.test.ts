import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLink } from './link.ts';
import { linkEnvironment } from './link-environment.ts';

test('parseLink() takes a container, or a container and its alias', () => {
  assert.deepEqual(parseLink('db'), { ref: 'db', alias: 'db' });
  assert.deepEqual(parseLink('/db:/web/store'), { ref: 'db', alias: 'store' });
  for (const text of ['', 'a:', ':b', 'a:b:c']) {
    assert.throws(() => parseLink(text), new RegExp(`bad format for links: ${text}`));
  }
});

test('linkEnvironment() tells the lowest port, every port, the name and the variables', () => {
  const environment = linkEnvironment({
    alias: 'my-db',
    ownerName: 'web',
    address: '172.17.0.2',
    exposed: ['5433/tcp', '53/udp', '5432/tcp'],
    environment: ['PATH=/bin', 'HOME=/root', 'MODE=a=b', 'BARE'],
  });
  assert.deepEqual(environment, [
    'MY_DB_PORT=udp://172.17.0.2:53',
    'MY_DB_PORT_5432_TCP_START=tcp://172.17.0.2:5432',
    'MY_DB_PORT_5432_TCP_ADDR=172.17.0.2',
    'MY_DB_PORT_5432_TCP_PROTO=tcp',
    'MY_DB_PORT_5432_TCP_PORT_START=5432',
    'MY_DB_PORT_5432_TCP_END=tcp://172.17.0.2:5433',
    'MY_DB_PORT_5432_TCP_PORT_END=5433',
    ...['53/udp', '5432/tcp', '5433/tcp'].flatMap((text) => {
      const [port = '', protocol = ''] = text.split('/');
      const prefix = `MY_DB_PORT_${port}_${protocol.toUpperCase()}`;
      return [
        `${prefix}=${protocol}://172.17.0.2:${port}`,
        `${prefix}_ADDR=172.17.0.2`,
        `${prefix}_PORT=${port}`,
        `${prefix}_PROTO=${protocol}`,
      ];
    }),
    'MY_DB_NAME=/web/my-db',
    'MY_DB_ENV_MODE=a=b',
  ]);
});

test('linkEnvironment() of a container that exposes nothing is its name', () => {
  const linked = { alias: 'a', ownerName: 'b', address: '1.2.3.4', exposed: [], environment: [] };
  assert.deepEqual(linkEnvironment(linked), ['A_NAME=/b/a']);
});
