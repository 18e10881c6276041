import { readFileSync } from 'node:fs';
import { EngineError } from '#base';
import { memoryLimit, writeCgroupFiles } from '#linux';
import { type LinuxResources, parseLinuxResources } from '#oci';
import { resourceUpdates } from '#runtime';
import { containerOperand, type Flags, parseArguments, parseWhole } from '../arguments.ts';
import type { Command } from '../command.ts';
import { cgroupOf, findContainer } from '../context.ts';

const table = {
  resources: 'value',
  memory: 'value',
  'memory-reservation': 'value',
  'memory-swap': 'value',
  'cpu-period': 'value',
  'cpu-quota': 'value',
  'cpu-share': 'value',
  'cpuset-cpus': 'value',
  'cpuset-mems': 'value',
  'pids-limit': 'value',
} as const;

/** `update ID`: changes the limits of a running container. */
export const command: Command = async (context, words) => {
  const { flags, operands } = parseArguments(words, table, { r: 'resources' });
  const { record, task } = await findContainer(context, containerOperand(operands));
  const cgroup = cgroupOf(record);
  if (task === undefined || cgroup === undefined) throw new EngineError('conflict', 'container not running');
  const present = { memoryBytes: memoryLimit(cgroup) };
  writeCgroupFiles(resourceUpdates(cgroup, resourcesOf(flags), present));
  task.close();
  return 0;
};

function resourcesOf(flags: Flags<typeof table>): LinuxResources {
  if (flags.resources !== undefined) {
    return parseLinuxResources(readFileSync(flags.resources === '-' ? 0 : flags.resources, 'utf8'));
  }
  const number = (key: string, value: string | undefined) =>
    value === undefined ? {} : { [key]: parseWhole(value, key) };
  const pids = flags['pids-limit'];
  return {
    memory: {
      ...number('limit', flags.memory),
      ...number('reservation', flags['memory-reservation']),
      ...number('swap', flags['memory-swap']),
    },
    cpu: {
      ...number('period', flags['cpu-period']),
      ...number('quota', flags['cpu-quota']),
      ...number('shares', flags['cpu-share']),
      ...(flags['cpuset-cpus'] !== undefined && { cpus: flags['cpuset-cpus'] }),
      ...(flags['cpuset-mems'] !== undefined && { mems: flags['cpuset-mems'] }),
    },
    ...(pids !== undefined && { pids: { limit: parseWhole(pids, 'pids-limit') } }),
  };
}
