import { ApiClient, defaultHost, parseEndpoint } from '#client';
import { type ConfigFile, loadConfigFile } from './config-file.ts';
import type { GlobalOptions } from './globals.ts';
import { writeError } from './output.ts';

/** What a command has to do with: the daemon, the user's settings and its own name. */
export interface Session {
  /** `wharf`, or `docker` when called by that name. */
  readonly program: string;
  /** The command as the user wrote it: `container ls`. */
  readonly commandPath: string;
  readonly options: GlobalOptions;
  readonly config: ConfigFile;
  readonly client: ApiClient;
  /** The context in use; `default` is the local daemon. */
  readonly contextName: string;
  /** True when the user named no daemon and so expects the one on this machine. */
  readonly usesDefaultHost: boolean;
  close(): void;
}

/** Settles which daemon is meant; connects to nothing yet. @throws Error for an address of no known form */
export async function openSession(
  program: string,
  commandPath: string,
  options: GlobalOptions,
): Promise<Session> {
  const config = loadConfigFile(options.configDirectory, writeError);
  const contextName =
    options.host === undefined ? (options.context ?? config.currentContext ?? 'default') : 'default';
  const pinnedVersion = process.env.DOCKER_API_VERSION;
  const client = new ApiClient({
    endpoint: await findEndpoint(contextName, options),
    headers: config.HttpHeaders ?? {},
    ...(pinnedVersion ? { pinnedVersion } : {}),
  });
  return {
    program,
    commandPath,
    options,
    config,
    client,
    contextName,
    usesDefaultHost: client.endpoint.text === defaultHost,
    close: () => client.close(),
  };
}

async function findEndpoint(contextName: string, options: GlobalOptions) {
  try {
    return parseEndpoint(
      options.host ?? (await contextHost(contextName, options)) ?? defaultHost,
      options.tls,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Failed to initialize: unable to resolve docker endpoint: ${reason}`);
  }
}

/** The address of the chosen context; undefined for the context `default`. */
async function contextHost(name: string, options: GlobalOptions): Promise<string | undefined> {
  if (name === 'default' || name === '') return undefined;
  const { readContextHost } = await import('./context.ts');
  return readContextHost(options.configDirectory, name);
}
