import assert from 'node:assert/strict';
import { request } from 'node:http';
import { before, describe, test } from 'node:test';
import type { ContainerStats } from '#api';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('statistics', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  before(async () => {
    await ok([
      'run',
      '-d',
      '--name',
      'busy',
      '-m',
      '64m',
      '--pids-limit',
      '20',
      'base:1',
      'sh',
      '-c',
      'while :; do :; done',
    ]);
    await ok('create --name idle base:1 sleep 9');
  });

  const one = async (path: string): Promise<ContainerStats> =>
    JSON.parse((await exchange(suite.wharf.socketPath, 'GET', `/containers/${path}`)).text);

  /** The first objects of a stream, which is left then. */
  function first(count: number): Promise<ContainerStats[]> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { socketPath: suite.wharf.socketPath, path: '/containers/busy/stats' },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece;
            const lines = text.split('\n').slice(0, -1);
            if (lines.length < count) return;
            response.destroy();
            resolve(lines.map((line) => JSON.parse(line)));
          });
        },
      );
      outgoing.on('error', reject).end();
    });
  }

  test('K07 come as a stream, each with the one before it', async () => {
    const [early, late] = await first(2);
    assert.ok(early !== undefined && late !== undefined);
    assert.equal(early.preread, '0001-01-01T00:00:00Z');
    assert.deepEqual([late.preread, late.precpu_stats], [early.read, early.cpu_stats]);
    assert.ok(late.cpu_stats.cpu_usage.total_usage > early.cpu_stats.cpu_usage.total_usage);
    assert.ok(Number(late.cpu_stats.system_cpu_usage) > Number(early.cpu_stats.system_cpu_usage));
    assert.deepEqual(
      [late.memory_stats.limit, late.pids_stats.limit, late.pids_stats.current],
      [64 << 20, 20, 1],
    );
    assert.ok(Number(late.networks?.eth0?.rx_bytes) >= 0);
    assert.ok(Array.isArray(late.blkio_stats.io_service_bytes_recursive));
  });

  test('are one sample at once, or one with another a second before', async () => {
    const quick = await one('busy/stats?stream=0&one-shot=1');
    assert.equal(quick.precpu_stats.cpu_usage.total_usage, 0);
    const paired = await one('busy/stats?stream=0');
    assert.ok(paired.precpu_stats.cpu_usage.total_usage > 0);
    const both = await exchange(suite.wharf.socketPath, 'GET', '/containers/busy/stats?one-shot=1');
    assert.deepEqual(
      [both.status, JSON.parse(both.text).message],
      [400, 'cannot have stream=true and one-shot=true'],
    );
  });

  test('of a container that does not run are zero', async () => {
    const { name, read, cpu_stats, memory_stats, pids_stats } = await one('idle/stats?stream=0');
    assert.deepEqual([name, read, memory_stats, pids_stats], ['/idle', '0001-01-01T00:00:00Z', {}, {}]);
    assert.equal(cpu_stats.cpu_usage.total_usage, 0);
  });

  test('K07 are what docker stats shows', async () => {
    const format = '{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}';
    const row = await ok(['stats', '--no-stream', '--format', format, 'busy']);
    const [, percent = '', limit = '', pids = ''] = /^busy ([\d.]+)% \S+ \/ (\S+) (\d+)$/.exec(row) ?? [];
    assert.ok(Number(percent) > 1, row);
    assert.deepEqual([limit, pids], ['64MiB', '1']);
  });
});
