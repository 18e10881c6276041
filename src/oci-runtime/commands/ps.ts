import { spawnSync } from 'node:child_process';
import { EngineError } from '#base';
import { cgroupProcesses } from '#linux';
import { containerOperand, parseArguments } from '../arguments.ts';
import { type Command, print } from '../command.ts';
import { cgroupOf, findContainer } from '../context.ts';

/** `ps ID [PS-OPTIONS…]`: the container's processes, as the host's ps shows them. */
export const command: Command = async (context, words) => {
  const { flags, operands } = parseArguments(words, { format: 'value' }, { f: 'format' });
  const { record, task } = await findContainer(context, containerOperand(operands));
  task?.close();
  const cgroup = cgroupOf(record);
  const pids = cgroup === undefined ? [] : cgroupProcesses(cgroup);
  if (flags.format === 'json') return print(JSON.stringify(pids));
  return print(selectLines(listProcesses(operands.slice(1)), pids).join('\n'));
};

function listProcesses(options: readonly string[]): string {
  const { stdout, error } = spawnSync('ps', options.length > 0 ? options : ['-ef'], { encoding: 'utf8' });
  if (error !== undefined)
    throw new EngineError('internal', `cannot run ps: ${error.message}`, { cause: error });
  return stdout;
}

/** The title and the lines of the processes wanted. @throws EngineError invalid, without a column of pids */
function selectLines(table: string, pids: readonly number[]): readonly string[] {
  const [title = '', ...lines] = table.trimEnd().split('\n');
  const column = title.trim().split(/\s+/).indexOf('PID');
  if (column < 0) throw new EngineError('invalid', "couldn't find PID field in ps output");
  return [title, ...lines.filter((line) => pids.includes(Number(line.trim().split(/\s+/)[column])))];
}
