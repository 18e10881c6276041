import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerConfig, containerConfig, decode } from '#api';
import { healthCheckOf, validateHealthCheck } from './health-check.ts';

const second = 1_000_000_000;

function configOf(health: ContainerConfig['Healthcheck'], shell?: readonly string[]): ContainerConfig {
  return decode(containerConfig, { Healthcheck: health, Shell: shell });
}

function probeOf(...test: string[]) {
  return healthCheckOf(configOf({ Test: test }))?.probe;
}

test('healthCheckOf() fills in Docker’s defaults', () => {
  assert.deepEqual(healthCheckOf(configOf({ Test: ['CMD', 'up', 'now'] })), {
    probe: { kind: 'exec', argv: ['up', 'now'] },
    intervalMs: 30_000,
    timeoutMs: 30_000,
    retries: 3,
    startPeriodMs: 0,
    startIntervalMs: 5_000,
  });
  const health = {
    Test: ['CMD', 'up'],
    Interval: 2 * second,
    Timeout: second / 2,
    Retries: 7,
    StartPeriod: 60 * second,
    StartInterval: second,
  };
  const { probe: _, ...rest } = healthCheckOf(configOf(health)) ?? {};
  assert.deepEqual(rest, {
    intervalMs: 2000,
    timeoutMs: 500,
    retries: 7,
    startPeriodMs: 60_000,
    startIntervalMs: 1000,
  });
});

test('healthCheckOf() runs a shell’s text by the container’s shell', () => {
  assert.deepEqual(probeOf('CMD-SHELL', 'a | b'), { kind: 'exec', argv: ['/bin/sh', '-c', 'a | b'] });
  const config = configOf({ Test: ['CMD-SHELL', 'a'] }, ['/bin/bash', '-ec']);
  assert.deepEqual(healthCheckOf(config)?.probe, { kind: 'exec', argv: ['/bin/bash', '-ec', 'a'] });
});

test('there is no check without a test, with NONE, or with one that nobody knows', () => {
  assert.equal(healthCheckOf(configOf(undefined)), undefined);
  assert.equal(probeOf(), undefined);
  assert.equal(probeOf('NONE'), undefined);
  assert.equal(probeOf('FOO', 'x'), undefined);
});

test('a single URL is asked by the engine, in both forms', () => {
  const target = {
    protocol: 'http',
    addresses: ['127.0.0.1', '::1'],
    port: 8080,
    authority: 'localhost:8080',
    path: '/health?deep=1',
  };
  for (const kind of ['CMD', 'CMD-SHELL']) {
    assert.deepEqual(probeOf(kind, 'http://:8080/health?deep=1'), { kind: 'network', target });
  }
  assert.equal(probeOf('CMD', 'http://:80', '-v')?.kind, 'exec');
  assert.equal(probeOf('CMD-SHELL', 'curl http://:80/')?.kind, 'exec');
  assert.equal(probeOf('CMD-SHELL', 'http://:80/ || exit 1')?.kind, 'exec');
});

test('a URL names a host of the container’s own network, and a port', () => {
  const targetOf = (text: string) => {
    const probe = probeOf('CMD', text);
    return probe?.kind === 'network' ? probe.target : undefined;
  };
  assert.deepEqual(targetOf('tcp://127.0.0.1:5432')?.addresses, ['127.0.0.1']);
  assert.deepEqual(targetOf('https://[::1]/')?.addresses, ['::1']);
  assert.equal(targetOf('https://localhost')?.port, 443);
  assert.equal(targetOf('https://localhost')?.path, '/');
  assert.equal(targetOf('http://127.0.0.1?x')?.path, '/?x');
  const bad = /^invalid health check "/;
  for (const text of [
    'tcp://:0',
    'tcp://localhost',
    'http://:99999/',
    'http://db/',
    'tcp://:1/x',
    'http://[x]/',
    'http://a:b:c/',
  ]) {
    const config = configOf({ Test: ['CMD', text] });
    assert.throws(() => validateHealthCheck(config), { kind: 'invalid', message: bad }, text);
  }
});

test('validateHealthCheck() refuses in Docker’s words', () => {
  const table = [
    [{ Interval: 10 }, 'Interval in Healthcheck cannot be less than 1ms'],
    [{ Interval: -5 }, 'Interval in Healthcheck cannot be less than 1ms'],
    [{ Timeout: 999_999 }, 'Timeout in Healthcheck cannot be less than 1ms'],
    [{ StartPeriod: 1 }, 'StartPeriod in Healthcheck cannot be less than 1ms'],
    [{ StartInterval: 1 }, 'StartInterval in Healthcheck cannot be less than 1ms'],
    [{ Retries: -1 }, 'Retries in Healthcheck cannot be negative'],
  ] as const;
  for (const [health, message] of table) {
    assert.throws(() => validateHealthCheck(configOf(health)), { kind: 'invalid', message });
  }
  validateHealthCheck(configOf({ Test: ['CMD'], Interval: 1_000_000 }));
});
