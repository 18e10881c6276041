import type { SystemInfo } from '#api';
import { always, defineCommand, noOperands } from '../command.ts';
import { text } from '../flags/index.ts';
import { formatOne } from '../format/one.ts';
import { plainFormatFlagSummary } from '../listing-flags.ts';
import { productVersion } from '../product.ts';
import type { Session } from '../session.ts';
import { describeServer } from './info-text.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: { format: text(plainFormatFlagSummary, { short: 'f' }) },
  warm: always,
  async run(session, { values }) {
    if (values.format === '') session.caller.writeOut(clientText(session));
    const info = await session.client.json<SystemInfo>({ method: 'GET', path: '/info' });
    if (values.format !== '') {
      session.caller.writeOut(formatOne(values.format, { ...info, ClientInfo: clientInfo(session) }));
      return;
    }
    session.caller.writeOut(`${describeServer(info)}\n`);
    for (const warning of info.Warnings ?? []) session.caller.writeError(`${warning}\n`);
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
