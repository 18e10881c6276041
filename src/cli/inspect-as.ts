import type { ContainerInspect, ImageInspect, SystemInfo } from '#api';
import { ApiError, imagePath } from '#client';
import { containerPath } from './container/path.ts';
import { forEachName } from './names.ts';
import { type RunParts, runParts, shellWords } from './run-line/index.ts';
import type { Session } from './session.ts';

const forms = ['run', 'compose'];

/**
 * Prints a `docker run` line for each container, by which either client makes the same one; or one Compose file for all.
 * @throws Error for another form, and for a container of no image
 */
export async function inspectAs(
  session: Session,
  form: string,
  names: readonly string[],
): Promise<undefined> {
  if (!forms.includes(form)) throw new Error(`unknown form: "${form}": must be "run" or "compose"`);
  const read = await openReader(session);
  if (form === 'run') {
    await forEachName(session.caller, names, async (name) => {
      const { flags, image, words } = await read(name);
      return shellWords(['docker', 'run', ...flags, image, ...words]);
    });
    return;
  }
  const { composeFile } = await import('./compose-file/index.ts');
  const containers = await Promise.all(names.map(read));
  session.caller.writeOut(composeFile(containers));
}

/** What reads a container by its name. */
async function openReader({ client }: Session): Promise<(name: string) => Promise<RunParts>> {
  const get = <T>(path: string) => client.json<T>({ method: 'GET', path });
  const {
    CgroupVersion: cgroupVersion,
    LoggingDriver: logDriver,
    DefaultRuntime: runtime,
  } = await get<SystemInfo>('/info');
  return async (name) => {
    const container = await get<ContainerInspect>(containerPath(name, 'json'));
    if (container.Config.Image === '')
      throw new Error(`${name} was made of no image, which only the API can do`);
    const image = await get<ImageInspect>(`/images/${imagePath(container.Image)}/json`).catch(nothingKnown);
    return runParts(container, { image: image?.Config ?? {}, cgroupVersion, logDriver, runtime });
  };
}

/** Of an image that is gone nothing is known: all that the container has is said. */
function nothingKnown(error: unknown): undefined {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}
