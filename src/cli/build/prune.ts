import { defineCommand, ExitError, noOperands } from '../command.ts';
import { confirm } from '../confirm.ts';
import { encodeFilters } from '../filters.ts';
import { bool, bytes } from '../flags/index.ts';
import {
  forceFlag,
  type PruneKind,
  pruneFilterFlag,
  pruneKind,
  reclaimedSpace,
  withConfiguredFilters,
} from '../prune.ts';

/** Steps that are kept for later builds. */
export const buildCache: PruneKind = {
  path: '/build/prune',
  title: 'Deleted build cache objects:',
  lines: (answer) => (answer.CachesDeleted as string[] | null) ?? [],
};

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: {
    all: bool('Remove all unused build cache, not just dangling ones', 'a'),
    filter: pruneFilterFlag('until=24h'),
    force: forceFlag,
    'keep-storage': bytes('Amount of disk space to keep for cache'),
  },
  warm: ({ values }) => values.force,
  async run({ caller, client, config }, { values: { all, filter, force, 'keep-storage': keepBytes } }) {
    const warning = `WARNING! This will remove all ${all ? '' : 'dangling '}build cache.`;
    if (!force && !(await confirm(caller, warning))) throw new ExitError(0);
    const query = {
      all,
      filters: encodeFilters(withConfiguredFilters(filter, config)),
      'keep-storage': keepBytes === 0 ? undefined : String(keepBytes),
    };
    caller.writeOut(reclaimedSpace(await pruneKind({ caller, client }, buildCache, query)));
  },
});
