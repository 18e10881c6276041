import { always, atLeast, defineCommand } from '../command.ts';
import { bytes, int, text } from '../flags/index.ts';
import { forEachName } from '../names.ts';
import { parseRestartPolicy } from './create-options/host-config.ts';
import { resourceFlags } from './create-options/resource-flags.ts';
import { containerPost } from './path.ts';
import { surroundings } from './surroundings.ts';
import { describeEdits, editFlags } from './update-edits.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER [CONTAINER...]'],
  operands: atLeast(1),
  flags: {
    'blkio-weight': resourceFlags['blkio-weight'],
    'cpu-period': resourceFlags['cpu-period'],
    'cpu-quota': resourceFlags['cpu-quota'],
    'cpu-rt-period': int('Limit the CPU real-time period in microseconds'),
    'cpu-rt-runtime': int('Limit the CPU real-time runtime in microseconds'),
    'cpu-shares': resourceFlags['cpu-shares'],
    cpus: resourceFlags.cpus,
    'cpuset-cpus': resourceFlags['cpuset-cpus'],
    'cpuset-mems': resourceFlags['cpuset-mems'],
    memory: bytes('Memory limit', { short: 'm' }),
    'memory-reservation': resourceFlags['memory-reservation'],
    'memory-swap': {
      ...resourceFlags['memory-swap'],
      summary: 'Swap limit equal to memory plus swap: -1 to enable unlimited swap',
    },
    'pids-limit': resourceFlags['pids-limit'],
    restart: text('Restart policy to apply when a container exits'),
    ...editFlags,
  },
  warm: always,
  async run(session, { operands, values, given }) {
    if (given.size === 0) throw new Error('you must provide one or more flags when using this command');
    const json = {
      BlkioWeight: values['blkio-weight'],
      CpuPeriod: values['cpu-period'],
      CpuQuota: values['cpu-quota'],
      CpuRealtimePeriod: values['cpu-rt-period'],
      CpuRealtimeRuntime: values['cpu-rt-runtime'],
      CpuShares: values['cpu-shares'],
      NanoCpus: values.cpus,
      CpusetCpus: values['cpuset-cpus'],
      CpusetMems: values['cpuset-mems'],
      Memory: values.memory,
      MemoryReservation: values['memory-reservation'],
      MemorySwap: values['memory-swap'],
      ...(given.has('pids-limit') ? { PidsLimit: values['pids-limit'] } : {}),
      RestartPolicy: given.has('restart')
        ? parseRestartPolicy(values.restart)
        : { Name: '', MaximumRetryCount: 0 },
      ...describeEdits(values, given, surroundings(session)),
    };
    const warnings: string[] = [];
    try {
      await forEachName(session.caller, operands, async (name) => {
        const result = await session.client.json<{ Warnings: string[] | null }>({
          ...containerPost(name, 'update'),
          json,
        });
        warnings.push(...(result.Warnings ?? []));
      });
    } finally {
      if (warnings.length > 0) session.caller.writeOut(`${warnings.join('\n')}\n`);
    }
  },
});
