import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extraHostLines, hostsFile } from './hosts-file.ts';
import { resolvConf } from './resolv-conf.ts';

const host = `# written by hand
nameserver 127.0.0.53
nameserver 10.0.0.2
nameserver fe80::1%eth0
search example.org  corp.example.org
options edns0 trust-ad
`;

test('resolvConf() names our resolver first on the default bridge, then servers that a container can reach', () => {
  assert.equal(
    resolvConf('bridge', host, {}),
    'nameserver 127.0.0.11\nnameserver 10.0.0.2\nsearch example.org corp.example.org\noptions edns0 trust-ad\n',
  );
  assert.equal(resolvConf('bridge', 'nameserver 127.0.0.53\n', {}), 'nameserver 127.0.0.11\n');
  assert.equal(resolvConf('bridge', '', { servers: ['127.0.0.11'] }), 'nameserver 127.0.0.11\n');
  assert.equal(
    resolvConf('bridge', host, { servers: ['1.1.1.1'], searchDomains: ['.'], options: ['ndots:2'] }),
    'nameserver 127.0.0.11\nnameserver 1.1.1.1\noptions ndots:2\n',
  );
});

test('resolvConf() names nothing but our resolver where containers have names', () => {
  assert.equal(
    resolvConf('named', host, { servers: ['1.1.1.1'] }),
    'nameserver 127.0.0.11\nsearch example.org corp.example.org\noptions edns0 trust-ad ndots:0\n',
  );
  assert.equal(
    resolvConf('named', '', { searchDomains: ['a.b'], options: ['ndots:5'] }),
    'nameserver 127.0.0.11\nsearch a.b\noptions ndots:5\n',
  );
});

test('resolvConf() falls back to public servers on no network, and keeps all of the host on its own', () => {
  assert.equal(resolvConf('none', '', {}), 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n');
  assert.match(
    resolvConf('host', host, {}),
    /^nameserver 127\.0\.0\.53\nnameserver 10\.0\.0\.2\nnameserver fe80::1%eth0\n/,
  );
});

test('hostsFile() ends with extra hosts and the container itself', () => {
  const text = hostsFile({
    hostname: 'web',
    domainname: 'example.org',
    addresses: ['172.17.0.2'],
    extraHosts: ['db:10.0.0.5', 'gate=host-gateway', 'six:[::5]'],
    hostGateways: ['172.17.0.1'],
  });
  assert.deepEqual(text.split('\n').slice(6), [
    '10.0.0.5\tdb',
    '172.17.0.1\tgate',
    '::5\tsix',
    '172.17.0.2\tweb.example.org web',
    '',
  ]);
  assert.equal(text.split('\n')[0], '127.0.0.1\tlocalhost');
});

test('extraHostLines() refuses what does not parse and a gateway that is not there', () => {
  assert.throws(() => extraHostLines(['nothing'], ['']), /bad format for add-host: "nothing"/);
  assert.throws(() => extraHostLines(['a:host-gateway'], []), /host-gateway/);
});
