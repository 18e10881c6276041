import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { EngineError } from '#base';
import { type ProcessSpec, parseProcessSpec } from '#oci';
import { compileExec, encodePlan, readBundle } from '#runtime';
import type { ExecTask, Task } from '#task';
import { type Arguments, containerOperand, parseArguments, parseWhole } from '../arguments.ts';
import type { Command } from '../command.ts';
import { cgroupOf, findContainer } from '../context.ts';
import type { ContainerRecord } from '../records.ts';
import { forwardSignals } from '../signals.ts';
import { relayStreams } from '../streams.ts';
import { relayTerminal } from '../terminal.ts';

const table = {
  process: 'value',
  cwd: 'value',
  env: 'list',
  user: 'value',
  tty: 'switch',
  detach: 'switch',
  'pid-file': 'value',
  'no-new-privs': 'switch',
  cap: 'list',
} as const;

type ExecArguments = Arguments<typeof table>;

/** `exec ID COMMAND…`: a further process in a running container. */
export const command: Command = async (context, words) => {
  const given = parseArguments(words, table, {
    p: 'process',
    e: 'env',
    u: 'user',
    t: 'tty',
    d: 'detach',
    c: 'cap',
  });
  const { record, status, task } = await findContainer(context, containerOperand(given.operands));
  if (task === undefined || status !== 'running') {
    throw new EngineError('conflict', `cannot exec in a ${status} container`);
  }
  const exec = await startExec(task, record, given);
  if (given.flags['pid-file'] !== undefined) writeFileSync(given.flags['pid-file'], String(exec.pid));
  if (given.flags.detach) return 0;
  using _forwarding = forwardSignals(exec);
  if (exec.socket !== undefined) {
    await (given.flags.tty ? relayTerminal(exec.socket, exec) : relayStreams(exec.socket));
  }
  return (await exec.exited).code;
};

async function startExec(task: Task, record: ContainerRecord, given: ExecArguments): Promise<ExecTask> {
  const { process: base, linux = {} } = await readBundle(record.bundle);
  const process = processOf(given, base);
  const cgroup = cgroupOf(record);
  const plan = compileExec(process, {
    ...(cgroup && { cgroup }),
    ...(linux.seccomp && { seccomp: linux.seccomp }),
  });
  return task.exec({
    id: randomUUID(),
    plan: encodePlan(plan),
    terminal: process.terminal ?? false,
    openStdin: true,
    detached: given.flags.detach,
  });
}

/** The process of a file, else the container's own with what the flags change. */
function processOf({ flags, operands }: ExecArguments, base: ProcessSpec | undefined): ProcessSpec {
  if (flags.process !== undefined) return parseProcessSpec(readFileSync(flags.process, 'utf8'));
  const args = operands.slice(1);
  if (args.length === 0) throw new EngineError('invalid', 'process args cannot be empty');
  const [uid, gid] = (flags.user ?? '').split(':');
  const { user = { uid: 0, gid: 0 }, capabilities = {} } = base ?? {};
  const { bounding = [], effective = [], permitted = [] } = capabilities;
  return {
    ...base,
    args,
    cwd: flags.cwd ?? base?.cwd ?? '/',
    env: [...(base?.env ?? []), ...flags.env],
    terminal: flags.tty,
    user: {
      ...user,
      ...(uid && { uid: parseWhole(uid, 'user') }),
      ...(gid && { gid: parseWhole(gid, 'group') }),
    },
    capabilities: {
      ...capabilities,
      bounding: [...bounding, ...flags.cap],
      effective: [...effective, ...flags.cap],
      permitted: [...permitted, ...flags.cap],
    },
    ...(flags['no-new-privs'] && { noNewPrivileges: true }),
  };
}
