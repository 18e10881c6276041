import { parseArguments } from '../arguments.ts';
import { type Command, print } from '../command.ts';
import { findContainer } from '../context.ts';

/** `list`: every container below the root. */
export const command: Command = async (context, words) => {
  const { flags } = parseArguments(words, { format: 'value', quiet: 'switch' }, { f: 'format', q: 'quiet' });
  const rows = await Promise.all(
    context.records.list().map(async ({ id }) => {
      const { record, status, task } = await findContainer(context, id);
      task?.close();
      const pid = task === undefined ? 0 : record.pid;
      return { id, pid, status, bundle: record.bundle, created: record.created, owner: 'root' };
    }),
  );
  if (flags.format === 'json') return print(JSON.stringify(rows));
  if (flags.quiet) return rows.length === 0 ? 0 : print(rows.map(({ id }) => id).join('\n'));
  const titles = ['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER'];
  return print(align([titles, ...rows.map((row) => Object.values(row).map(String))]));
};

/** Columns as wide as their longest cell, three spaces apart. */
function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
