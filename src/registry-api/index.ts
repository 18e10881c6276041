/**
 * registry-api: the wire contract of a registry's management API (`/api/…`, JSON): what its server, its command line
 * and its web page say to each other. Types, and the few words they share; it does nothing.
 *
 * Times are milliseconds of the epoch, sizes bytes.
 */
export { isRole, type Role, roles } from './roles.ts';
export type {
  CollectedView,
  FailureView,
  LayerView,
  ManifestView,
  MemberView,
  NewProject,
  NewRobot,
  NewUser,
  ProjectChange,
  ProjectView,
  RepositoryView,
  RetentionRule,
  RobotView,
  RobotWithToken,
  SessionView,
  TagView,
  UserView,
} from './views.ts';
