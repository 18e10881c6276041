import { defineCommand, noOperands } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, type Listing, type Row, RowFormat } from '../format/rows.ts';
import { ellipsis } from '../format/text.ts';
import { formatFlagSummary } from '../listing-flags.ts';
import type { Session } from '../session.ts';
import { defaultDescription } from './create.ts';
import { defaultContext, inMemoryContext, listContexts, readContext } from './store.ts';
import type { StoredContext } from './types.ts';
import { overriddenWarning } from './use.ts';

const listing: Listing = {
  typeName: '*formatter.clientContextContext',
  headers: { Name: 'NAME', Description: 'DESCRIPTION', DockerEndpoint: 'DOCKER ENDPOINT', Error: 'ERROR' },
};

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  offline: true,
  operands: noOperands,
  flags: { format: text(formatFlagSummary), quiet: bool('Only show context names', 'q') },
  async run(session, { values }) {
    const table =
      'table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}';
    const quietField = values.quiet ? 'Name' : undefined;
    const format = chooseFormat({ flag: values.format, table, quietField });
    session.caller.writeOut(new RowFormat(format, listing).print(rows(session)));
    if (session.options.usualHost) session.caller.writeError(overriddenWarning('a context'));
  },
});

function rows({ options, contextName }: Session): Row[] {
  const stored = listContexts(options.configDirectory);
  const all = [{ ...inMemoryContext(options), Metadata: { Description: defaultDescription } }, ...stored];
  const shown = all.map((context) => row(context, contextName));
  if (all.some((context) => context.Name === contextName)) return shown;
  return [...shown, missingRow(options.configDirectory, contextName)].sort(byName);
}

function row({ Name, Metadata, Endpoints }: StoredContext, current: string): Row {
  return {
    Name,
    Current: Name === current,
    Description: Metadata.Description ?? '',
    DockerEndpoint: Endpoints.docker?.Host ?? '',
    Error: '',
  };
}

const errorLength = 45;

/** The context in use, when there is none of that name. */
function missingRow(configDirectory: string, name: string): Row {
  const shown = { Name: name, Current: true, Description: '', DockerEndpoint: '' };
  try {
    readContext(configDirectory, name);
    return { ...shown, Error: '' };
  } catch (error) {
    return { ...shown, Error: ellipsis((error as Error).message, errorLength) };
  }
}

function byName(a: Row, b: Row): number {
  if (a.Name === defaultContext || b.Name === defaultContext) return a.Name === defaultContext ? -1 : 1;
  return String(a.Name) < String(b.Name) ? -1 : 1;
}
