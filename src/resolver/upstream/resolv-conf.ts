/** What a resolv.conf(5) says. */
export interface ResolvConf {
  readonly servers: readonly string[];
  readonly searchDomains: readonly string[];
  readonly options: readonly string[];
}

/** Reads the text of a resolv.conf; what it does not know it passes over. */
export function parseResolvConf(text: string): ResolvConf {
  const domains = values(text, 'search').at(-1) ?? values(text, 'domain').at(-1) ?? '';
  return {
    servers: values(text, 'nameserver'),
    searchDomains: domains.split(/\s+/).filter(Boolean),
    options: values(text, 'options').flatMap((line) => line.split(/\s+/)),
  };
}

function values(text: string, keyword: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [word, ...rest] = line.trim().split(/\s+/);
    return word === keyword && rest.length > 0 ? [rest.join(' ')] : [];
  });
}
