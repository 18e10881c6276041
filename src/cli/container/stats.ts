import type { ContainerStats, ContainerSummary } from '#api';
import { readJsonLines } from '#client';
import { anyOperands, defineCommand } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, RowFormat } from '../format/rows.ts';
import { shortId } from '../format/text.ts';
import { formatFlagSummary } from '../listing-flags.ts';
import { writeOut } from '../output.ts';
import type { Session } from '../session.ts';
import { containerPath } from './path.ts';
import { statsListing, statsRow } from './stats-row.ts';

const refreshMs = 500;
const clearScreen = '\x1b[H';
const clearToEnd = '\x1b[J';
const clearLineEnd = '\x1b[K';

export const command = defineCommand({
  synopsis: ['[OPTIONS] [CONTAINER...]'],
  operands: anyOperands,
  flags: {
    all: bool('Show all containers (default shows just running)', 'a'),
    format: text(formatFlagSummary),
    'no-stream': bool('Disable streaming stats and only pull the first result'),
    'no-trunc': bool('Do not truncate output'),
  },
  async run(session, { operands, values }) {
    const columns =
      '{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}';
    const format = chooseFormat({
      flag: values.format,
      configured: session.config.statsFormat,
      table: `table ${columns}`,
    });
    const view: View = { format: new RowFormat(format, statsListing), full: values['no-trunc'] };
    const names = operands.length > 0 ? operands : await listContainers(session, values.all);
    if (values['no-stream']) {
      const rows = await Promise.all(names.map((name) => once(session, name)));
      writeOut(
        view.format.print(rows.map((stats, position) => statsRow(names[position] ?? '', stats, view.full))),
      );
      return;
    }
    await follow(session, names, view, { all: values.all, byName: operands.length > 0 });
  },
});

interface View {
  readonly format: RowFormat;
  readonly full: boolean;
}

async function listContainers({ client }: Session, all: boolean): Promise<string[]> {
  const request = { method: 'GET', path: '/containers/json', query: { all } } as const;
  return (await client.json<ContainerSummary[]>(request)).map((container) => shortId(container.Id));
}

function once({ client }: Session, name: string): Promise<ContainerStats> {
  const path = containerPath(name, 'stats');
  return client.json<ContainerStats>({ method: 'GET', path, query: { stream: '0' } });
}

/** Draws the screen anew twice a second until the user stops it or all named containers are gone. */
async function follow(
  session: Session,
  names: readonly string[],
  view: View,
  scope: { all: boolean; byName: boolean },
): Promise<void> {
  const latest = new Map<string, ContainerStats | undefined>();
  const watch = (name: string) => {
    if (latest.has(name)) return;
    latest.set(name, undefined);
    void watchStats(session, name, latest);
  };
  for (const name of names) watch(name);
  for (;;) {
    const rows = [...latest].map(([name, stats]) => statsRow(name, stats, view.full));
    const screen = view.format.print(rows).replaceAll('\n', `${clearLineEnd}\n`);
    writeOut(`${clearScreen}${screen}${clearToEnd}`);
    if (scope.byName && latest.size === 0) return;
    await new Promise((resolve) => setTimeout(resolve, refreshMs));
    if (!scope.byName) for (const id of await listContainers(session, scope.all)) watch(id);
  }
}

async function watchStats(
  { client }: Session,
  name: string,
  latest: Map<string, ContainerStats | undefined>,
): Promise<void> {
  try {
    const response = await client.send({
      method: 'GET',
      path: containerPath(name, 'stats'),
      query: { stream: '1' },
    });
    for await (const stats of readJsonLines<ContainerStats>(response.body)) latest.set(name, stats);
  } catch {
    // A container that is gone has no row.
  }
  latest.delete(name);
}
