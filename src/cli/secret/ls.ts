import type { SecretView } from '#api';
import { humanDuration } from '#base';
import { always, type Command, defineCommand, noOperands } from '../command.ts';
import { encodeFilters } from '../filters.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, type Listing, type Row, RowFormat } from '../format/rows.ts';
import { joinLabels } from '../format/text.ts';
import { filterFlag, formatFlagSummary } from '../listing-flags.ts';
import { type SecretKind, secretPath } from './kind.ts';

const headers = {
  ID: 'ID',
  Name: 'NAME',
  Driver: 'DRIVER',
  CreatedAt: 'CREATED',
  UpdatedAt: 'UPDATED',
  Labels: 'LABELS',
};

export function lsCommand(kind: SecretKind): Command {
  const driver = kind === 'secret' ? '{{.Driver}}\t' : '';
  const table = `table {{.ID}}\t{{.Name}}\t${driver}{{.CreatedAt}}\t{{.UpdatedAt}}`;
  const listing: Listing = { typeName: `*${kind}.${kind}Context`, headers };
  return defineCommand({
    synopsis: ['[OPTIONS]'],
    operands: noOperands,
    flags: {
      filter: filterFlag,
      format: text(formatFlagSummary),
      quiet: bool('Only display IDs', 'q'),
    },
    warm: always,
    async run({ caller, client, config }, { values }) {
      const format = chooseFormat({
        flag: values.format,
        configured: kind === 'secret' ? config.secretFormat : config.configFormat,
        table,
        quietField: values.quiet ? 'ID' : undefined,
        raw: [],
      });
      const query = { filters: encodeFilters(values.filter) };
      const all = await client.json<SecretView[]>({ method: 'GET', path: secretPath(kind), query });
      caller.writeOut(new RowFormat(format, listing).print(all.map(row)));
    },
  });
}

function row({ ID, Spec, CreatedAt, UpdatedAt }: SecretView): Row {
  return {
    ID,
    Name: Spec.Name,
    Driver: '',
    CreatedAt: () => ago(CreatedAt),
    UpdatedAt: () => ago(UpdatedAt),
    Labels: () => joinLabels(Spec.Labels),
    Label: (name) => Spec.Labels[String(name)] ?? '',
  };
}

function ago(time: string): string {
  return `${humanDuration(Date.now() - Date.parse(time))} ago`;
}
