import { EngineError, refuse } from '#base';
import type { RobotWithToken } from '#registry-api';
import type { Metadata } from '#store/metadata';
import { isProjectName } from '../names.ts';
import { type Account, AccountRecords, type Robot } from './account-records.ts';
import { CredentialCheck, type CredentialRules } from './credentials.ts';
import { ProjectRecords } from './project-records.ts';
import { accountSteps } from './schema.ts';
import { hashSecret, makeToken, type SecretCost, secretFits } from './secret.ts';

/** The administrator whose password is in a file of the machine, so that it can't be lost or taken away. */
const rootName = 'admin';

const namePattern = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const longestName = 64;
const shortestPassword = 8;
const longestPassword = 1024;

/** Users, robots and projects of a registry. It asks nobody for permission. */
export class Accounts {
  readonly records: AccountRecords;
  readonly projects: ProjectRecords;
  readonly credentials: CredentialCheck;
  readonly #secretCost: SecretCost;

  constructor(records: AccountRecords, projects: ProjectRecords, rules: CredentialRules) {
    this.records = records;
    this.projects = projects;
    this.credentials = new CredentialCheck(records, rules);
    this.#secretCost = rules.secretCost;
  }

  /** @throws EngineError notFound */
  user(name: string): Account {
    const account = this.records.find(name);
    if (account === undefined || account.robot !== undefined)
      throw new EngineError('notFound', `no such user: ${name}`);
    return account;
  }

  /** @throws EngineError invalid, conflict */
  async addUser(name: string, password: string, isAdmin: boolean): Promise<Account> {
    refuse(!isName(name), `invalid name: want lower-case letters, digits and ._- between them`);
    checkPassword(password);
    this.records.addUser(name, await hashSecret(password, this.#secretCost), isAdmin);
    return this.user(name);
  }

  /** @throws EngineError invalid, notFound, and conflict for the one whose password is in a file */
  async setPassword(name: string, password: string): Promise<void> {
    this.user(name);
    refuse(name === rootName, `the password of ${rootName} is set on the registry’s machine`, 'conflict');
    checkPassword(password);
    this.records.setSecret(name, await hashSecret(password, this.#secretCost));
  }

  /** @throws EngineError notFound, and conflict for the one who is always there */
  removeUser(name: string): void {
    this.user(name);
    refuse(name === rootName, `${rootName} can't be removed`, 'conflict');
    this.records.remove(name);
  }

  /**
   * Makes a robot of a project that is there.
   * @param name without the project
   * @throws EngineError invalid, conflict
   */
  async addRobot(name: string, robot: Robot): Promise<RobotWithToken> {
    refuse(!isName(name), `invalid name: want lower-case letters, digits and ._- between them`);
    const isOver = robot.expiresMs !== undefined && robot.expiresMs <= Date.now();
    refuse(isOver, 'the robot would have expired already');
    const token = makeToken();
    const { project, role, expiresMs } = robot;
    const fullName = `${project}+${name}`;
    const secret = await hashSecret(token, this.#secretCost);
    refuse(this.projects.find(project) === undefined, `no such project: ${project}`, 'notFound');
    this.records.addRobot(fullName, secret, robot);
    return { fullName, role, createdMs: Date.now(), ...(expiresMs !== undefined && { expiresMs }), token };
  }

  /** @throws EngineError notFound */
  removeRobot(project: string, name: string): void {
    const fullName = `${project}+${name}`;
    if (this.records.find(fullName)?.robot === undefined)
      throw new EngineError('notFound', `no such robot: ${fullName}`);
    this.records.remove(fullName);
  }

  /** @throws EngineError invalid, conflict */
  addProject(name: string, isPublic: boolean, quotaBytes: number | undefined): void {
    refuse(!isProjectName(name), 'invalid project name: want what stands before the first / of repositories');
    this.projects.add({ name, isPublic, quotaBytes });
  }

  /** Makes the administrator's password the one that is told, if it is another. @throws EngineError invalid */
  async ensureRoot(password: string): Promise<void> {
    checkPassword(password);
    const known = this.records.find(rootName);
    if (known === undefined)
      this.records.addUser(rootName, await hashSecret(password, this.#secretCost), true);
    else if (!(await secretFits(password, known.secret)))
      this.records.setSecret(rootName, await hashSecret(password, this.#secretCost));
  }
}

/** @throws EngineError corrupt, for tables of a newer Wharf */
export function openAccounts(metadata: Metadata, rules: CredentialRules): Accounts {
  metadata.migrate('registry-accounts', accountSteps);
  return new Accounts(new AccountRecords(metadata), new ProjectRecords(metadata), rules);
}

function isName(name: string): boolean {
  return name.length <= longestName && namePattern.test(name);
}

function checkPassword(password: string): void {
  refuse(password.length < shortestPassword, `a password needs ${shortestPassword} characters or more`);
  refuse(password.length > longestPassword, `a password has at most ${longestPassword} characters`);
}
