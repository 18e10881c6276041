import { EngineError, errorMessage } from '#base';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import { parseName } from '../record/name.ts';
import type { ContainerRecord } from '../types.ts';

/** Gives a container another name, on its networks too; its lock is held. */
export async function renameContainer(
  context: ContainerContext,
  record: ContainerRecord,
  text: string,
): Promise<void> {
  if (text === '') throw new EngineError('invalid', 'Neither old nor new names may be empty');
  const name = parseNewName(text);
  if (name === record.name) {
    throw new EngineError('invalid', 'Renaming a container with the same name as its current name');
  }
  const renamed = context.records.update(record.id, { name });
  await context.live.get(record.id)?.sandbox?.rename(name);
  publish(context, renamed, 'rename', { oldName: `/${record.name}` });
}

function parseNewName(text: string): string {
  try {
    return parseName(text.startsWith('/') ? text : `/${text}`);
  } catch (cause) {
    throw new EngineError('invalid', `Error when allocating new name: ${errorMessage(cause)}`, { cause });
  }
}
