import { ApiClient, type Endpoint, parseEndpoint } from '#client';
import { type ConfigFile, loadConfigFile } from './config-file.ts';
import { parseCsv } from './container/create-options/csv.ts';
import { contextEndpoint, defaultContext, defaultContextHost } from './context/store.ts';
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
  /** @throws Error for an address of no known form */
  readonly client: ApiClient;
  /** The context in use; `default` is the local daemon. */
  readonly contextName: string;
  /** True when the user named no daemon and so expects the one on this machine. */
  readonly usesDefaultHost: boolean;
  /** Makes the client, which is else made when it is first used. @throws Error for an address of no known form */
  prepareClient(): void;
  close(): void;
}

/** Settles which daemon is meant when that is asked; connects to nothing yet. */
export function openSession(program: string, commandPath: string, options: GlobalOptions): Session {
  const config = loadConfigFile(options.configDirectory, writeError);
  const contextName = chooseContext(options, config);
  let client: ApiClient | undefined;
  const prepareClient = () => {
    client ??= makeClient(contextName, options, config);
    return client;
  };
  return {
    program,
    commandPath,
    options,
    config,
    contextName,
    get client() {
      return prepareClient();
    },
    prepareClient,
    usesDefaultHost: contextName === defaultContext && !options.host && !process.env.DOCKER_HOST,
    close: () => client?.close(),
  };
}

function makeClient(contextName: string, options: GlobalOptions, config: ConfigFile): ApiClient {
  const pinnedVersion = process.env.DOCKER_API_VERSION;
  return new ApiClient({
    endpoint: findEndpoint(contextName, options),
    headers: { ...config.HttpHeaders, ...environmentHeaders() },
    ...(pinnedVersion ? { pinnedVersion } : {}),
  });
}

/** `name=value` pairs with commas between. @throws Error for what is no pair */
function environmentHeaders(): Record<string, string> {
  const pairs = parseCsv(process.env.DOCKER_CUSTOM_HEADERS ?? '').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value] = pair.split(/=(.*)/s);
      if (value === undefined) throw new Error(`${badHeaders}: missing "=" in key=value pair: '${pair}'`);
      return [name, value];
    }),
  );
}

const badHeaders =
  'Failed to initialize: failed to set custom headers from DOCKER_CUSTOM_HEADERS environment variable';

/** What is said in the command line counts more than the environment, and that more than the settings. */
function chooseContext({ context, host }: GlobalOptions, { currentContext }: ConfigFile): string {
  if (context !== undefined) return context;
  if (host !== undefined || process.env.DOCKER_HOST) return defaultContext;
  return process.env.DOCKER_CONTEXT || currentContext || defaultContext;
}

function findEndpoint(contextName: string, options: GlobalOptions): Endpoint {
  try {
    if (contextName !== defaultContext) return contextEndpoint(options.configDirectory, contextName);
    if (options.tls?.ca !== undefined) readTextFile(options.tls.ca);
    return parseEndpoint(defaultContextHost(options), options.tls);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Failed to initialize: unable to resolve docker endpoint: ${reason}`);
  }
}
