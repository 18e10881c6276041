import { EngineError } from '#base';

export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly home: string;
}

/** The texts of a root's /etc/passwd and /etc/group; empty when there are none. */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const largestId = 2 ** 31 - 1;

/**
 * Reads `user[:group]`, by name or number, against a root's own accounts; nothing is root. Without a group the
 * user's own is taken, and the further ones that list the user. The main group is among the additional ones.
 * @throws EngineError invalid, in Docker's words, for a name that is not there
 */
export function resolveUser(text: string, groupAdd: readonly string[], files: AccountFiles): ResolvedUser {
  const [userText = '', groupText = ''] = text.split(':');
  const accounts = parsePasswd(files.passwd);
  const groups = parseGroup(files.group);
  const account = findAccount(userText || '0', accounts);
  const gid = groupText === '' ? account.gid : findGroup(groupText, groups);
  const listed = groupText === '' ? groups.filter((group) => group.members.includes(account.name)) : [];
  const additional = [
    ...listed.map((group) => group.gid),
    ...groupAdd.map((name) => findGroup(name, groups)),
  ];
  return {
    uid: account.uid,
    gid,
    additionalGids: [...new Set([gid, ...additional])],
    home: account.home || '/',
  };
}

function findAccount(text: string, accounts: readonly Account[]): Account {
  const id = parseId(text);
  const found =
    accounts.find((account) => account.name === text) ?? accounts.find((account) => account.uid === id);
  if (found !== undefined) return found;
  if (id === undefined) {
    throw new EngineError('invalid', `unable to find user ${text}: no matching entries in passwd file`);
  }
  return { name: '', uid: id, gid: 0, home: id === 0 ? '/root' : '/' };
}

function findGroup(text: string, groups: readonly Group[]): number {
  const id = parseId(text);
  const found = groups.find((group) => group.name === text)?.gid ?? id;
  if (found === undefined) {
    throw new EngineError('invalid', `unable to find group ${text}: no matching entries in group file`);
  }
  return found;
}

function parseId(text: string): number | undefined {
  if (!/^-?\d+$/.test(text)) return undefined;
  const id = Number(text);
  if (id < 0 || id > largestId)
    throw new EngineError('invalid', 'uids and gids must be in range 0-2147483647');
  return id;
}

function parsePasswd(text: string): Account[] {
  return fieldsOf(text).map(([name = '', , uid, gid, , home = '']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    home,
  }));
}

function parseGroup(text: string): Group[] {
  return fieldsOf(text).map(([name = '', , gid, members = '']) => ({
    name,
    gid: Number(gid),
    members: members.split(',').filter(Boolean),
  }));
}

function fieldsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(':'));
}
