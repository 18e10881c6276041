import type { SystemInfo } from '#api';
import { defineCommand, noOperands } from '../command.ts';
import { text } from '../flags/index.ts';
import { formatOne } from '../format/one.ts';
import { plainFormatFlagSummary } from '../listing-flags.ts';
import { writeError, writeOut } from '../output.ts';
import { productVersion } from '../product.ts';
import type { Session } from '../session.ts';
import { describeServer } from './info-text.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: { format: text(plainFormatFlagSummary, { short: 'f' }) },
  async run(session, { values }) {
    if (values.format === '') writeOut(clientText(session));
    const info = await session.client.json<SystemInfo>({ method: 'GET', path: '/info' });
    if (values.format !== '') {
      writeOut(formatOne(values.format, { ...info, ClientInfo: clientInfo(session) }));
      return;
    }
    writeOut(`${describeServer(info)}\n`);
    for (const warning of info.Warnings ?? []) writeError(`${warning}\n`);
  },
});

function clientInfo({ contextName, options }: Session) {
  return { Debug: options.debug, Context: contextName, Plugins: [], Warnings: null };
}

function clientText({ contextName, options }: Session): string {
  return `Client:
 Version:    ${productVersion}
 Context:    ${contextName}
 Debug Mode: ${options.debug}

Server:
`;
}
