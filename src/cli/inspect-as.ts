import type { ContainerInspect, ImageInspect, SystemInfo } from '#api';
import { ApiError, imagePath } from '#client';
import { containerPath } from './container/path.ts';
import { forEachName } from './names.ts';
import { type Inherited, runArguments, shellWords } from './run-line/index.ts';
import type { Session } from './session.ts';

/** Prints a `docker run` line for each container, by which either client makes the same one. @throws Error for another form */
export async function inspectAs(
  { caller, client }: Session,
  form: string,
  names: readonly string[],
): Promise<undefined> {
  if (form !== 'run') throw new Error(`unknown form: "${form}": must be "run"`);
  const get = <T>(path: string) => client.json<T>({ method: 'GET', path });
  const {
    CgroupVersion: cgroupVersion,
    LoggingDriver: logDriver,
    DefaultRuntime: runtime,
  } = await get<SystemInfo>('/info');
  await forEachName(caller, names, async (name) => {
    const container = await get<ContainerInspect>(containerPath(name, 'json'));
    const image = await get<ImageInspect>(`/images/${imagePath(container.Image)}/json`).catch(nothingKnown);
    const inherited: Inherited = { image: image?.Config ?? {}, cgroupVersion, logDriver, runtime };
    return shellWords(['docker', 'run', ...runArguments(container, inherited)]);
  });
}

/** Of an image that is gone nothing is known: all that the container has is said. */
function nothingKnown(error: unknown): undefined {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}
