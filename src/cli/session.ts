import { ApiClient, defaultHost, type Endpoint, parseEndpoint } from '#client';
import { type ConfigFile, loadConfigFile } from './config-file.ts';
import { defaultContext } from './context/types.ts';
import type { GlobalOptions } from './globals.ts';
import { writeError } from './output.ts';
import { readTextFile } from './read-text-file.ts';

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
  const contextName = chooseContext(options, config);
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

/** What is said in the command line counts more than the environment, and that more than the settings. */
function chooseContext({ context, host }: GlobalOptions, { currentContext }: ConfigFile): string {
  if (context !== undefined) return context;
  if (host !== undefined || process.env.DOCKER_HOST) return defaultContext;
  return process.env.DOCKER_CONTEXT || currentContext || defaultContext;
}

async function findEndpoint(contextName: string, options: GlobalOptions): Promise<Endpoint> {
  try {
    if (contextName !== defaultContext) {
      const { contextEndpoint } = await import('./context/store.ts');
      return contextEndpoint(options.configDirectory, contextName);
    }
    if (options.tls?.ca !== undefined) readTextFile(options.tls.ca);
    return parseEndpoint(options.host || process.env.DOCKER_HOST || defaultHost, options.tls);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Failed to initialize: unable to resolve docker endpoint: ${reason}`);
  }
}
