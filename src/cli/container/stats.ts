import type { ContainerStats, ContainerSummary, EventMessage } from '#api';
import { readJsonLines } from '#client';
import { anyOperands, defineCommand } from '../command.ts';
import { encodeFilters } from '../filters.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, RowFormat } from '../format/rows.ts';
import { shortId } from '../format/text.ts';
import { formatFlagSummary } from '../listing-flags.ts';
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
      session.caller.writeOut(
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

/** One container that is watched; its numbers are undefined before the first have come. */
interface Watched {
  stats: ContainerStats | undefined;
}

type Board = Map<string, Watched>;

/** Draws the screen anew twice a second until the user stops it or all named containers are gone. */
async function follow(
  session: Session,
  names: readonly string[],
  view: View,
  scope: { all: boolean; byName: boolean },
): Promise<void> {
  const board: Board = new Map();
  for (const name of names) watch(session, name, board);
  if (!scope.byName) void followEvents(session, scope.all, board).catch(() => undefined);
  for (;;) {
    const rows = [...board].map(([name, { stats }]) => statsRow(name, stats, view.full));
    const screen = view.format.print(rows).replaceAll('\n', `${clearLineEnd}\n`);
    session.caller.writeOut(`${clearScreen}${screen}${clearToEnd}`);
    if (scope.byName && board.size === 0) return;
    await new Promise((resolve) => setTimeout(resolve, refreshMs));
  }
}

/** Watches what comes, and forgets what goes, as the daemon tells it: all containers, or those that run. */
async function followEvents(session: Session, all: boolean, board: Board): Promise<void> {
  const [comes, goes] = all ? ['create', 'destroy'] : ['start', 'die'];
  const filters = encodeFilters(['type=container', `event=${comes}`, `event=${goes}`]);
  const response = await session.client.send({ method: 'GET', path: '/events', query: { filters } });
  for (const name of await listContainers(session, all)) watch(session, name, board);
  for await (const { Action, Actor } of readJsonLines<EventMessage>(response.body)) {
    if (Action === comes) watch(session, shortId(Actor.ID), board);
    else board.delete(shortId(Actor.ID));
  }
}

/** Puts a container on the board, where its numbers stay new until it is gone or taken off. */
function watch(session: Session, name: string, board: Board): void {
  if (board.has(name)) return;
  const watched: Watched = { stats: undefined };
  const isOn = () => board.get(name) === watched;
  board.set(name, watched);
  void watchStats(session, name, watched, isOn).finally(() => {
    if (isOn()) board.delete(name);
  });
}

async function watchStats(
  { client }: Session,
  name: string,
  watched: Watched,
  isOn: () => boolean,
): Promise<void> {
  try {
    const path = containerPath(name, 'stats');
    const response = await client.send({ method: 'GET', path, query: { stream: '1' } });
    for await (const stats of readJsonLines<ContainerStats>(response.body)) {
      if (!isOn()) return;
      watched.stats = stats;
    }
  } catch {
    // A container that is gone has no row.
  }
}
