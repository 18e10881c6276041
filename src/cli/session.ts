import { ApiClient, type Endpoint, parseEndpoint } from '#client';
import type { Caller } from './caller/index.ts';
import { type ConfigFile, loadConfigFile } from './config-file.ts';
import { parseCsv } from './container/create-options/csv.ts';
import { contextEndpoint, defaultContext, defaultContextHost } from './context/store.ts';
import type { GlobalOptions } from './globals.ts';
import { readTextFile } from './read-text-file.ts';

/** What a command has to do with: the daemon, the user's settings and its own name. */
export interface Session {
  /** Who is answered. */
  readonly caller: Caller;
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
  /** True when settings and daemon are at absolute paths of this machine. @throws Error for an address of no known form */
  readonly isLocal: boolean;
  /** Makes the client, which is else made when it is first used. @throws Error for an address of no known form */
  prepareClient(): void;
  /** Drops every connection; who waits for one gets an error, and no further call reaches the daemon. */
  close(): void;
}

/** Settles which daemon is meant when that is asked; connects to nothing yet. */
export function openSession(caller: Caller, commandPath: string, options: GlobalOptions): Session {
  const config = loadConfigFile(options.configDirectory, (warning) => caller.writeError(warning));
  const contextName = chooseContext(options, config, caller);
  let client: ApiClient | undefined;
  const prepareClient = () => {
    client ??= makeClient(contextName, options, config, caller);
    return client;
  };
  return {
    caller,
    commandPath,
    options,
    config,
    contextName,
    get client() {
      return prepareClient();
    },
    prepareClient,
    get isLocal() {
      const { endpoint } = prepareClient();
      return (
        endpoint.kind === 'unix' && endpoint.path.startsWith('/') && options.configDirectory.startsWith('/')
      );
    },
    usesDefaultHost: contextName === defaultContext && !options.host && !options.usualHost,
    close: () => client?.close(),
  };
}

function makeClient(
  contextName: string,
  options: GlobalOptions,
  config: ConfigFile,
  { environment }: Caller,
): ApiClient {
  const pinnedVersion = environment.DOCKER_API_VERSION;
  return new ApiClient({
    endpoint: findEndpoint(contextName, options),
    headers: { ...config.HttpHeaders, ...customHeaders(environment.DOCKER_CUSTOM_HEADERS) },
    ...(pinnedVersion ? { pinnedVersion } : {}),
  });
}

/** `name=value` pairs with commas between. @throws Error for what is no pair */
function customHeaders(text = ''): Record<string, string> {
  const pairs = parseCsv(text).filter((pair) => pair !== '');
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
function chooseContext(
  { context, host, usualHost }: GlobalOptions,
  { currentContext }: ConfigFile,
  { environment }: Caller,
): string {
  if (context !== undefined) return context;
  if (host !== undefined || usualHost !== undefined) return defaultContext;
  return environment.DOCKER_CONTEXT || currentContext || defaultContext;
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
