import { type Command, defineCommand, ExitError, noOperands } from './command.ts';
import type { ConfigFile } from './config-file.ts';
import { confirm } from './confirm.ts';
import { checkFilter, encodeFilters } from './filters.ts';
import { bool, type FlagTable, list } from './flags/index.ts';
import { decimalSize } from './format/size.ts';
import type { Session } from './session.ts';

/** A kind of objects of which the daemon can remove the unused ones. */
export interface PruneKind {
  readonly path: string;
  readonly title: string;
  /** The lines for what the daemon says it deleted. */
  readonly lines: (answer: Readonly<Record<string, unknown>>) => readonly string[];
}

/** What a `prune` of one kind asks and says. */
export interface PruneRules {
  /** Said before the question; `all` is the value of --all. */
  readonly warning: (all: boolean) => string;
  readonly filterExample: string;
  /** The summary of --all; undefined: there is no such flag. */
  readonly allSummary?: string;
  /** The filter that --all stands for. @throws Error when the user's filters contradict it */
  readonly allFilter?: (all: boolean, filters: readonly string[]) => string | undefined;
  readonly showsSpace: boolean;
}

/** The `prune` command of one group. */
export function pruneCommand(kind: PruneKind, rules: PruneRules): Command {
  const all: FlagTable = rules.allSummary === undefined ? {} : { all: bool(rules.allSummary, 'a') };
  return defineCommand({
    synopsis: ['[OPTIONS]'],
    operands: noOperands,
    flags: { ...all, filter: pruneFilterFlag(rules.filterExample), force: forceFlag },
    warm: ({ values }) => values.force,
    async run({ caller, client, config }, { values, given }) {
      const everything = given.has('all');
      const filters = withConfiguredFilters(values.filter, config);
      const extra = rules.allFilter?.(everything, filters);
      if (!values.force && !(await confirm(caller, rules.warning(everything)))) throw new ExitError(0);
      const query = { filters: encodeFilters(extra === undefined ? filters : [...filters, extra]) };
      const reclaimed = await pruneKind({ caller, client }, kind, query);
      if (rules.showsSpace) caller.writeOut(reclaimedSpace(reclaimed));
    },
  });
}

export function pruneFilterFlag(example: string) {
  return list(`Provide filter values (e.g. "${example}")`, { valueName: 'filter', check: checkFilter });
}

export const forceFlag = bool('Do not prompt for confirmation', 'f');

/** Removes what is unused of one kind and says what is gone. @returns the bytes that are free again */
export async function pruneKind(
  { caller, client }: Pick<Session, 'caller' | 'client'>,
  { path, title, lines }: PruneKind,
  query: Readonly<Record<string, string | boolean | undefined>>,
): Promise<number> {
  const answer = await client.json<Record<string, unknown>>({ method: 'POST', path, query });
  const gone = lines(answer);
  if (gone.length > 0) caller.writeOut(`${title}\n${gone.map((line) => `${line}\n`).join('')}\n`);
  return Number(answer.SpaceReclaimed ?? 0);
}

export function reclaimedSpace(bytes: number): string {
  return `Total reclaimed space: ${decimalSize(bytes)}\n`;
}

const opposites: Readonly<Record<string, string>> = { label: 'label!', 'label!': 'label' };

/**
 * The user's filters and those of the settings. As the stock client has it, a label of the settings counts
 * only beside labels that are asked for in the opposite way, and not against one of these.
 */
export function withConfiguredFilters(
  filters: readonly string[],
  { pruneFilters = [] }: ConfigFile,
): readonly string[] {
  const all = [...filters];
  for (const filter of pruneFilters) {
    const [name = '', value = ''] = filter.split(/=(.*)/s);
    const opposite = opposites[name];
    const others = all.filter((other) => other.startsWith(`${opposite}=`));
    const isIdle = opposite !== undefined && (others.length === 0 || others.includes(`${opposite}=${value}`));
    if (value !== '' && !isIdle) all.push(filter);
  }
  return all;
}
