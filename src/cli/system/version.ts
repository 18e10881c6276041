import type { SystemVersion } from '#api';
import { clientApiVersion } from '#client';
import { always, defineCommand, noOperands } from '../command.ts';
import { text } from '../flags/index.ts';
import { formatOne } from '../format/one.ts';
import { plainFormatFlagSummary } from '../listing-flags.ts';
import { productVersion } from '../product.ts';
import type { Session } from '../session.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: { format: text(plainFormatFlagSummary, { short: 'f' }) },
  warm: always,
  async run(session, { values }) {
    const answer = await fetchServer(session);
    const client = describeClient(session);
    const server = 'version' in answer ? answer.version : undefined;
    if ('failure' in answer && values.format !== '' && values.format !== 'json') throw answer.failure;
    if (values.format !== '')
      session.caller.writeOut(formatOne(values.format, { Client: client, Server: server ?? null }));
    else session.caller.writeOut(clientBlock(client) + (server === undefined ? '' : serverBlock(server)));
    if ('failure' in answer) throw answer.failure;
  },
});

/** The server's version; a failure is told only after the client's part. */
async function fetchServer({ client }: Session): Promise<{ version: SystemVersion } | { failure: unknown }> {
  try {
    return { version: await client.json<SystemVersion>({ method: 'GET', path: '/version' }) };
  } catch (failure) {
    return { failure };
  }
}

function describeClient({ client, contextName }: Session) {
  return {
    Version: productVersion,
    ApiVersion: client.version,
    DefaultAPIVersion: clientApiVersion,
    GitCommit: '',
    GoVersion: '',
    Os: process.platform,
    Arch: architecture(),
    BuildTime: '',
    Context: contextName,
  };
}

/** Go's name of this machine's architecture. */
function architecture(): string {
  const names: Record<string, string> = { x64: 'amd64', ia32: '386' };
  return names[process.arch] ?? process.arch;
}

function clientBlock(client: ReturnType<typeof describeClient>): string {
  const { ApiVersion: version, DefaultAPIVersion: newest } = client;
  return block('Client:', [
    ['Version:', client.Version],
    ['API version:', version === newest ? version : `${version} (downgraded from ${newest})`],
    ['OS/Arch:', `${client.Os}/${client.Arch}`],
    ['Context:', client.Context],
  ]);
}

const clientColumn = 19;

/** One block for each component of the server, the engine first. */
function serverBlock(server: SystemVersion): string {
  const title = server.Platform?.Name ? `\nServer: ${server.Platform.Name}` : '\nServer:';
  const parts = (server.Components ?? []).map((component) => {
    const details = component.Details ?? {};
    const rows =
      component.Name === 'Engine'
        ? engineRows(component.Version, details)
        : componentRows(component.Version, details);
    return ` ${component.Name}:\n${rows.map(([name, value]) => `  ${name.padEnd(clientColumn - 1)}${value}\n`).join('')}`;
  });
  return `${title}\n${parts.join('')}`;
}

type Rows = readonly (readonly [string, string])[];

function engineRows(version: string, details: Readonly<Record<string, string>>): Rows {
  return [
    ['Version:', version],
    ['API version:', `${details.ApiVersion} (minimum version ${details.MinAPIVersion})`],
    ['Go version:', details.GoVersion ?? ''],
    ['Git commit:', details.GitCommit ?? ''],
    ['Built:', goDate(details.BuildTime ?? '')],
    ['OS/Arch:', `${details.Os}/${details.Arch}`],
    ['Experimental:', details.Experimental ?? 'false'],
  ];
}

function componentRows(version: string, details: Readonly<Record<string, string>>): Rows {
  return [
    ['Version:', version],
    ['GitCommit:', details.GitCommit ?? ''],
  ];
}

function block(title: string, rows: Rows): string {
  return `${title}\n${rows.map(([name, value]) => ` ${name.padEnd(clientColumn)}${value}\n`).join('')}`;
}

/** `Fri May 30 12:07:26 2025`; what is no date stays as it is. */
function goDate(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const [week, day, month, year, time] = date.toUTCString().replace(',', '').split(' ');
  return `${week} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}
