/** What a container's resolver is told besides, or instead of, what the host's is. */
export interface ResolverWishes {
  readonly servers?: readonly string[];
  /** A single `.` means none. */
  readonly searchDomains?: readonly string[];
  readonly options?: readonly string[];
}

/** What Docker falls back to when the host names no server that a container could reach. */
const publicServers = ['8.8.8.8', '8.8.4.4'];

/**
 * The resolv.conf of a container with a network of its own: the host's with the wishes over it. Servers on the
 * host's loopback and IPv6 ones can't be reached from there and are left out.
 */
export function bridgedResolvConf(hostText: string, wishes: ResolverWishes): string {
  const reachable = values(hostText, 'nameserver').filter(
    (server) => /^\d/.test(server) && !/^127\./.test(server),
  );
  const servers = reachable.length > 0 ? reachable : publicServers;
  return format({ ...parse(hostText), servers }, wishes);
}

/** The resolv.conf of a container in the host's network: the host's with the wishes over it. */
export function hostResolvConf(hostText: string, wishes: ResolverWishes): string {
  return format(parse(hostText), wishes);
}

function parse(text: string): Required<ResolverWishes> {
  return {
    servers: values(text, 'nameserver'),
    searchDomains: (values(text, 'search').at(-1) ?? values(text, 'domain').at(-1) ?? '')
      .split(/\s+/)
      .filter(Boolean),
    options: values(text, 'options').flatMap((line) => line.split(/\s+/)),
  };
}

function values(text: string, keyword: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [word, ...rest] = line.trim().split(/\s+/);
    return word === keyword && rest.length > 0 ? [rest.join(' ')] : [];
  });
}

function format(host: Required<ResolverWishes>, wishes: ResolverWishes): string {
  const chosen = (wish: readonly string[] | undefined, given: readonly string[]) =>
    wish?.length ? wish : given;
  const domains = chosen(wishes.searchDomains, host.searchDomains).filter((domain) => domain !== '.');
  const options = chosen(wishes.options, host.options);
  const lines = chosen(wishes.servers, host.servers).map((server) => `nameserver ${server}`);
  if (domains.length > 0) lines.push(`search ${domains.join(' ')}`);
  if (options.length > 0) lines.push(`options ${options.join(' ')}`);
  return `${lines.join('\n')}\n`;
}
