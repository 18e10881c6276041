import { EngineError } from '#base';
import { mayIn, type ProjectAction } from '../access/roles.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Reply } from '../api/reply.ts';
import { Refusal } from '../refusal.ts';
import type { Registry } from '../registry/registry.ts';
import type { Retention } from '../retention/retention.ts';
import type { Fields } from './fields.ts';
import type { Visitor } from './visitors.ts';

/** What the management API works on. */
export interface Managed {
  readonly registry: Registry;
  readonly accounts: Accounts;
  readonly retention: Retention;
  /** Whether nothing may be deleted. */
  readonly readOnly: boolean;
  /** Whether everybody may do everything. */
  readonly isOpen: boolean;
}

/** A request of somebody who is known. */
export interface Visit extends Managed {
  readonly visitor: Visitor;
  /** A word of the path, by its name in the route. */
  param(name: string): string;
  /** A field of the query; empty when it is not there. */
  query(name: string): string;
  /** @throws EngineError invalid */
  body(): Fields;
}

export interface ManagementRoute {
  readonly method: string;
  /** Words with a colon before them stand for any: `/api/users/:user`. */
  readonly path: string;
  run(visit: Visit): Reply | Promise<Reply>;
}

/** @throws Refusal DENIED */
export function needAdmin({ visitor }: Visit): void {
  if (!visitor.account.isAdmin) throw denied();
}

/**
 * The project of a visit's path, which is there.
 * @throws Refusal DENIED, also for a project that there is not, unless the visitor may see that; EngineError notFound
 */
export function needProject(visit: Visit, action: ProjectAction): string {
  const name = visit.param('project');
  need(visit, name, action);
  if (visit.accounts.projects.find(name) !== undefined) return name;
  throw new EngineError('notFound', `no such project: ${name}`);
}

/** @throws Refusal DENIED */
export function need(visit: Visit, project: string, action: ProjectAction): void {
  const isHeld = visit.readOnly && action === 'delete';
  if (isHeld || !may(visit, project, action)) throw denied();
}

export function may({ visitor, accounts }: Visit, project: string, action: ProjectAction): boolean {
  return mayIn(accounts.projects, visitor.account, project, action);
}

function denied(): Refusal {
  return new Refusal('DENIED', 'you may not do that');
}
