import type { ImageSearchResult } from '#api';
import { defineCommand, exactly } from '../command.ts';
import { hubServer, registryAuth } from '../credentials/index.ts';
import { encodeFilters } from '../filters.ts';
import { bool, int, text } from '../flags/index.ts';
import { chooseFormat, type Listing, type Row, RowFormat } from '../format/rows.ts';
import { ellipsis } from '../format/text.ts';
import { filterFlag } from '../listing-flags.ts';

const listing: Listing = {
  typeName: '*registry.searchContext',
  headers: { Name: 'NAME', Description: 'DESCRIPTION', StarCount: 'STARS', IsOfficial: 'OFFICIAL' },
};
const table = 'table {{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}';

export const command = defineCommand({
  synopsis: ['[OPTIONS] TERM'],
  operands: exactly(1),
  flags: {
    filter: filterFlag,
    format: text('Pretty-print search using a Go template'),
    limit: int('Max number of search results'),
    'no-trunc': bool("Don't truncate output"),
  },
  async run(session, { values, operands: [term = ''] }) {
    const found = await session.client.json<ImageSearchResult[]>({
      method: 'GET',
      path: '/images/search',
      query: {
        term,
        limit: values.limit > 0 ? String(values.limit) : undefined,
        filters: encodeFilters(values.filter),
      },
      headers: { 'X-Registry-Auth': await registryAuth(session, indexOf(term)) },
    });
    const format = new RowFormat(chooseFormat({ flag: values.format, table }), listing);
    const officialWord =
      values.format === 'json' ? String : (isOfficial: boolean) => (isOfficial ? '[OK]' : '');
    const rows = found.map((result) => searchRow(result, values['no-trunc'], officialWord));
    session.caller.writeOut(format.print(rows));
  },
});

/** The registry whose index is searched: `registry.example/words`, else the Hub. */
function indexOf(term: string): string {
  const [first = '', rest] = term.split(/\/(.*)/s);
  const isDomain = rest !== undefined && (/[.:]/.test(first) || first === 'localhost');
  return isDomain ? first : hubServer;
}

const descriptionLength = 45;

function searchRow(
  { name, description, star_count: stars, is_official: isOfficial }: ImageSearchResult,
  full: boolean,
  officialWord: (isOfficial: boolean) => string,
): Row {
  const line = description.replaceAll(/[\n\r]/g, ' ');
  return {
    Name: name,
    Description: full ? line : ellipsis(line, descriptionLength),
    StarCount: String(stars),
    IsOfficial: officialWord(isOfficial),
  };
}
