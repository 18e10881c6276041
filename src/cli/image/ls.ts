import type { ImageSummary } from '#api';
import { always, atMost, defineCommand } from '../command.ts';
import { encodeFilters } from '../filters.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, RowFormat } from '../format/rows.ts';
import { filterFlag, formatFlagSummary } from '../listing-flags.ts';
import { imageListing, imageRows } from './row.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] [REPOSITORY[:TAG]]'],
  operands: atMost(1),
  flags: {
    all: bool('Show all images (default hides intermediate images)', 'a'),
    digests: bool('Show digests'),
    filter: filterFlag,
    format: text(formatFlagSummary),
    'no-trunc': bool("Don't truncate output"),
    quiet: bool('Only show image IDs', 'q'),
    tree: bool('List multi-platform images as a tree (EXPERIMENTAL)'),
  },
  warm: always,
  async run(session, { values, given, operands: [name] }) {
    const filters = name === undefined ? values.filter : [...values.filter, `reference=${name}`];
    if (values.tree) {
      checkTreeFlags(given);
      const { printTree } = await import('./tree.ts');
      return printTree(session, { all: values.all, filters });
    }
    const { caller, client, config } = session;
    const digests = values.digests || /\.Digest\b/.test(values.format);
    const digestColumn = values.digests ? '{{.Digest}}\t' : '';
    const table = `table {{.Repository}}\t{{.Tag}}\t${digestColumn}{{.ID}}\t{{.CreatedSince}}\t{{.Size}}`;
    const format = chooseFormat({
      flag: values.format,
      configured: config.imagesFormat,
      table,
      quietField: values.quiet ? 'ID' : undefined,
      raw: [
        ['repository', 'Repository'],
        ['tag', 'Tag'],
        ...(values.digests ? [['digest', 'Digest'] as const] : []),
        ['image_id', 'ID'],
        ['created_at', 'CreatedAt'],
        ['virtual_size', 'Size'],
      ],
    });
    const images = await client.json<ImageSummary[]>({
      method: 'GET',
      path: '/images/json',
      query: { all: values.all, filters: encodeFilters(filters) },
    });
    const rows = images.flatMap((image) => imageRows(image, values['no-trunc'], digests));
    caller.writeOut(new RowFormat(format, imageListing).print(rows));
    return undefined;
  },
});

/** What the tree has no place for; the stock client's words. */
const notInTree = [
  ['quiet', '--quiet'],
  ['no-trunc', '--no-trunc'],
  ['digests', '--show-digest'],
  ['format', '--format'],
] as const;

function checkTreeFlags(given: ReadonlySet<string>): void {
  const [, flag] = notInTree.find(([name]) => given.has(name)) ?? [];
  if (flag !== undefined) throw new Error(`${flag} is not yet supported with --tree`);
}
