import { type Command, defineCommand, ExitError, noOperands } from './command.ts';
import { confirm } from './confirm.ts';
import { checkFilter, encodeFilters } from './filters.ts';
import { bool, type FlagTable, list } from './flags/index.ts';
import { decimalSize } from './format/size.ts';
import { writeOut } from './output.ts';

/** What differs between the `prune` commands of the groups. */
export interface PruneRules {
  readonly path: string;
  /** Said before the question; `all` is the value of --all. */
  readonly warning: (all: boolean) => string;
  readonly title: string;
  readonly filterExample: string;
  /** The summary of --all; undefined: there is no such flag. */
  readonly allSummary?: string;
  /** The filter that --all stands for. */
  readonly allFilter?: (all: boolean) => string | undefined;
  /** The lines for what the daemon says it deleted. */
  readonly lines: (answer: Readonly<Record<string, unknown>>) => readonly string[];
  readonly showsSpace: boolean;
}

/** The `prune` command of one group. */
export function pruneCommand(rules: PruneRules): Command {
  const all: FlagTable = rules.allSummary === undefined ? {} : { all: bool(rules.allSummary, 'a') };
  return defineCommand({
    synopsis: ['[OPTIONS]'],
    operands: noOperands,
    flags: {
      ...all,
      filter: list(`Provide filter values (e.g. "${rules.filterExample}")`, {
        valueName: 'filter',
        check: checkFilter,
      }),
      force: bool('Do not prompt for confirmation', 'f'),
    },
    async run({ client }, { values, given }) {
      const everything = given.has('all');
      if (!values.force && !(await confirm(rules.warning(everything)))) throw new ExitError(0);
      const extra = rules.allFilter?.(everything);
      const filters = encodeFilters(extra === undefined ? values.filter : [...values.filter, extra]);
      const answer = await client.json<Record<string, unknown>>({
        method: 'POST',
        path: rules.path,
        query: { filters },
      });
      const lines = rules.lines(answer);
      if (lines.length > 0) writeOut(`${rules.title}\n${lines.map((line) => `${line}\n`).join('')}\n`);
      if (rules.showsSpace)
        writeOut(`Total reclaimed space: ${decimalSize(Number(answer.SpaceReclaimed ?? 0))}\n`);
    },
  });
}
