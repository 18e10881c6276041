import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentProxies, proxyFor } from './proxy.ts';

const settings = { http: 'http://p.example:3128', https: 's.example:3129', none: '' };
const by = (url: string, none = '') => proxyFor(new URL(url), { ...settings, none })?.href;

test('proxyFor() goes by the scheme, and takes a host without a scheme', () => {
  assert.equal(by('http://a.example/'), 'http://p.example:3128/');
  assert.equal(by('https://a.example/'), 'http://s.example:3129/');
  assert.equal(proxyFor(new URL('https://a.example/'), { http: 'x', https: '', none: '' }), undefined);
});

test('proxyFor() reaches this machine straight', () => {
  for (const host of ['localhost', '127.0.0.1', '127.8.8.8:5000', '[::1]:5000']) {
    assert.equal(by(`http://${host}/`), undefined, host);
  }
});

test('proxyFor() spares what is listed: hosts, domains, ports, addresses, networks, all', () => {
  const spared = (host: string, none: string) => by(`http://${host}/`, none) === undefined;
  assert.ok(spared('a.example', 'b.example, a.example'));
  assert.ok(spared('x.a.example', 'a.example'));
  assert.ok(spared('x.a.example', '.a.example') && spared('x.a.example', '*.a.example'));
  assert.ok(!spared('a.example', '.a.example'));
  assert.ok(!spared('ba.example', 'a.example'));
  assert.ok(spared('a.example:5000', 'a.example:5000') && !spared('a.example:5001', 'a.example:5000'));
  assert.ok(spared('10.1.2.3', '10.0.0.0/8') && !spared('11.1.2.3', '10.0.0.0/8'));
  assert.ok(spared('[fd00::5]:80', 'fd00::/8') && spared('10.1.2.3:5000', '10.1.2.3'));
  assert.ok(spared('any.example', '*'));
  assert.ok(!spared('a.example', '10.0.0.0/99,,x'));
});

test('environmentProxies() reads the variables in either case, and an empty one as none', () => {
  const environment = { HTTP_PROXY: '', http_proxy: 'one', HTTPS_PROXY: 'two', https_proxy: 'three' };
  assert.deepEqual(environmentProxies(environment), { http: 'one', https: 'two', none: '' });
});
