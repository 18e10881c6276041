import { ApiError, imagePath, segment } from '#client';
import { always, atLeast, defineCommand } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { inspectAsFlag, inspectFormatFlag, inspectObjects } from '../inspect-objects.ts';
import type { Session } from '../session.ts';

/** Where each kind of object is looked up, in the order in which a bare name is tried. */
const kinds: Readonly<Record<string, (name: string) => string>> = {
  container: (name) => `/containers/${segment(name)}/json`,
  image: (name) => `/images/${imagePath(name)}/json`,
  network: (name) => `/networks/${segment(name)}`,
  volume: (name) => `/volumes/${segment(name)}`,
};

/** And those that are looked up only where the user names the kind. */
const allKinds: typeof kinds = {
  ...kinds,
  config: (name) => `/configs/${segment(name)}`,
  node: (name) => `/nodes/${segment(name)}`,
  plugin: (name) => `/plugins/${segment(name)}/json`,
  secret: (name) => `/secrets/${segment(name)}`,
  service: (name) => `/services/${segment(name)}`,
  task: (name) => `/tasks/${segment(name)}`,
};

export const command = defineCommand({
  synopsis: ['[OPTIONS] NAME|ID [NAME|ID...]'],
  operands: atLeast(1),
  flags: {
    as: inspectAsFlag,
    format: inspectFormatFlag,
    size: bool('Display total file sizes if the type is container', 's'),
    type: text('Only inspect objects of the given type'),
  },
  warm: always,
  async run(session, { operands, values, given }) {
    if (values.as !== '') {
      const { inspectAs } = await import('../inspect-as.ts');
      return inspectAs(session, values.as, operands);
    }
    const wanted = checkType(values.type, given.has('type'));
    await inspectObjects(session.caller, operands, values.format, (name) =>
      find(session, name, wanted, values.size),
    );
  },
});

function checkType(type: string, given: boolean): string | undefined {
  const known = Object.keys(allKinds).sort();
  if (given && type === '')
    throw new Error(
      'type is empty: must be one of "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"',
    );
  if (type !== '' && !known.includes(type)) {
    throw new Error(`unknown type: "${type}": must be one of ${known.map((name) => `"${name}"`).join(', ')}`);
  }
  return type || undefined;
}

async function find(
  { client }: Session,
  name: string,
  wanted: string | undefined,
  size: boolean,
): Promise<string> {
  for (const kind of wanted === undefined ? Object.keys(kinds) : [wanted]) {
    const path = allKinds[kind]?.(name) ?? '';
    try {
      const query = { size: size && kind === 'container' };
      return await (await client.send({ method: 'GET', path, query })).text();
    } catch (error) {
      const isMissing = error instanceof ApiError && error.status === 404;
      if (!isMissing || wanted !== undefined) throw error;
    }
  }
  throw new Error(`Error: No such object: ${name}`);
}
