import type { ContainerSummary, ImageSummary, NetworkSummary, Volume } from '#api';
import type { ApiClient } from '#client';
import { always, anyOperands, defineCommand } from '../command.ts';
import { findCandidates, type NamedKind } from './candidates.ts';

/** What a shell asks when the user wants a word completed: prints one candidate a line. */
export const command = defineCommand({
  synopsis: ['WORD...'],
  operands: anyOperands,
  flags: {},
  raw: true,
  warm: always,
  async run({ caller, client }, { operands }) {
    const found = await findCandidates(operands);
    const start = operands.at(-1) ?? '';
    const words =
      'words' in found
        ? found.words
        : (await namesOf[found.names](client)).filter((name) => name.startsWith(start));
    caller.writeOut(words.map((word) => `${word}\n`).join(''));
  },
});

const namesOf: Readonly<Record<NamedKind, (client: ApiClient) => Promise<string[]>>> = {
  async container(client) {
    const query = { all: true };
    const containers = await client.json<ContainerSummary[]>({
      method: 'GET',
      path: '/containers/json',
      query,
    });
    return containers.flatMap(({ Names }) => Names.map((name) => name.slice(1)));
  },
  async image(client) {
    const images = await client.json<ImageSummary[]>({ method: 'GET', path: '/images/json' });
    return images.flatMap(({ RepoTags }) => RepoTags ?? []);
  },
  async network(client) {
    const networks = await client.json<NetworkSummary[]>({ method: 'GET', path: '/networks' });
    return networks.map(({ Name }) => Name);
  },
  async volume(client) {
    const { Volumes } = await client.json<{ Volumes: Volume[] | null }>({ method: 'GET', path: '/volumes' });
    return (Volumes ?? []).map(({ Name }) => Name);
  },
};
