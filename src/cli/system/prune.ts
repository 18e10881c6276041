import { buildCache } from '../build/prune.ts';
import { defineCommand, ExitError, noOperands } from '../command.ts';
import { confirm } from '../confirm.ts';
import { stoppedContainers } from '../container/prune.ts';
import { encodeFilters } from '../filters.ts';
import { bool } from '../flags/index.ts';
import { unusedImages } from '../image/prune.ts';
import { unusedNetworks } from '../network/prune.ts';
import { forceFlag, pruneFilterFlag, pruneKind, reclaimedSpace, withConfiguredFilters } from '../prune.ts';
import type { Session } from '../session.ts';
import { unusedVolumes } from '../volume/prune.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: {
    all: bool('Remove all unused images not just dangling ones', 'a'),
    filter: pruneFilterFlag('label=<key>=<value>'),
    force: forceFlag,
    volumes: bool('Prune anonymous volumes'),
  },
  warm: ({ values }) => values.force,
  async run(session, { values }) {
    const { all, volumes } = values;
    if (volumes && values.filter.some((filter) => filter.startsWith('until='))) {
      throw new Error('ERROR: The "until" filter is not supported with "--volumes"');
    }
    const filters = withConfiguredFilters(values.filter, session.config);
    if (!values.force && !(await confirm(session.caller, warning(all, volumes, filters))))
      throw new ExitError(0);
    session.caller.writeOut(reclaimedSpace(await pruneAll(session, { all, volumes, filters })));
  },
});

interface Scope {
  readonly all: boolean;
  readonly volumes: boolean;
  readonly filters: readonly string[];
}

/** One kind after the other: what a container held is free when its turn comes. */
async function pruneAll(session: Session, { all, volumes, filters }: Scope): Promise<number> {
  const query = { filters: encodeFilters(filters) };
  let reclaimed = await pruneKind(session, stoppedContainers, query);
  reclaimed += await pruneKind(session, unusedNetworks, query);
  if (volumes) reclaimed += await pruneKind(session, unusedVolumes, query);
  const images = { filters: encodeFilters([...filters, `dangling=${!all}`]) };
  reclaimed += await pruneKind(session, unusedImages, images);
  return reclaimed + (await pruneKind(session, buildCache, { ...query, all }));
}

function warning(all: boolean, volumes: boolean, filters: readonly string[]): string {
  const what = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? ['all anonymous volumes not used by at least one container'] : []),
    all ? 'all images without at least one container associated to them' : 'all dangling images',
    all ? 'all build cache' : 'unused build cache',
  ];
  const items = (lines: readonly string[]) => lines.map((line) => `  - ${line}\n`).join('');
  const only = filters.length === 0 ? '' : `\n  Items to be pruned will be filtered with:\n${items(filters)}`;
  return `WARNING! This will remove:\n${items(what)}${only}`;
}
