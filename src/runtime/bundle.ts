import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, errnoOf } from '#base';
import { parseRuntimeSpec, type RuntimeSpec } from '#oci';

/** Writes the bundle's `config.json`, whole or not at all; the directory is made when it is missing. */
export async function writeBundle(directory: string, spec: RuntimeSpec): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o711 });
  const path = join(directory, 'config.json');
  await writeFile(`${path}.new`, JSON.stringify(spec), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** @throws EngineError notFound, when there is no bundle; invalid, when its spec is not one */
export async function readBundle(directory: string): Promise<RuntimeSpec> {
  const path = join(directory, 'config.json');
  try {
    return parseRuntimeSpec(await readFile(path, 'utf8'));
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    throw new EngineError('notFound', `JSON specification file ${path} not found`, { cause });
  }
}
