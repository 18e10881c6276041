import type { VolumeSnapshot } from '#api';
import { segment } from '#client';
import { always, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { type Listing, RowFormat } from '../format/rows.ts';
import { localTime } from '../format/text.ts';
import { forEachName } from '../names.ts';
import type { Session } from '../session.ts';
import { volumePath } from './path.ts';

const listing: Listing = {
  typeName: '*volume.snapshotContext',
  headers: { ID: 'SNAPSHOT ID', Volume: 'VOLUME', Name: 'NAME', CreatedAt: 'CREATED AT' },
};

export const command = defineCommand({
  synopsis: ['create VOLUME [NAME]', 'ls [OPTIONS] [VOLUME]', 'rm SNAPSHOT [SNAPSHOT...]'],
  description: `Keep what a volume holds now, list what is kept, or give it up

A SNAPSHOT is named by its ID or as VOLUME@NAME, and outlives its volume. What
has not changed since the snapshot before takes no room.`,
  operands: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  flags: { quiet: bool('Only display IDs', 'q') },
  warm: always,
  async run(session, { values, operands: [verb = '', ...rest] }) {
    const run = new Map([
      ['create', () => create(session, rest)],
      ['ls', () => list(session, rest, values.quiet)],
      ['rm', () => remove(session, rest)],
    ]).get(verb);
    if (run === undefined) throw new Error(`unknown verb: "${verb}": must be "create", "ls" or "rm"`);
    await run();
    return undefined;
  },
});

async function create({ caller, client }: Session, [volume, name, ...others]: readonly string[]) {
  if (volume === undefined || others.length > 0) throw new Error('create takes a volume and a name');
  const request = { method: 'POST', path: volumePath(volume, 'snapshots'), query: { name } } as const;
  const made = await client.json<VolumeSnapshot>(request);
  caller.writeOut(`${made.ID}\n`);
}

async function list({ caller, client }: Session, [volume]: readonly string[], quiet: boolean) {
  const request = { method: 'GET', path: '/volume-snapshots', query: { volume } } as const;
  const found = await client.json<VolumeSnapshot[]>(request);
  const format = quiet ? '{{.ID}}' : 'table {{.ID}}\t{{.Volume}}\t{{.Name}}\t{{.CreatedAt}}';
  const rows = found.map(({ ID, Volume, Name, CreatedAt }) => ({
    ...{ ID, Volume, Name },
    CreatedAt: () => localTime(new Date(CreatedAt)),
  }));
  caller.writeOut(new RowFormat(format, listing).print(rows));
}

async function remove({ caller, client }: Session, names: readonly string[]) {
  await forEachName(caller, names, async (name) => {
    await client.call({ method: 'DELETE', path: `/volume-snapshots/${segment(name)}` });
  });
}
