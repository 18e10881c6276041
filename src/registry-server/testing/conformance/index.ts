/**
 * conformance: the rules that the OCI distribution specification 1.1 gives registries, as tests by its four
 * categories. Each names the endpoint of the specification's table that it is about.
 */
import { discoveryRules } from './discovery.ts';
import { managementRules } from './management.ts';
import { pullRules } from './pull.ts';
import { pushBlobRules } from './push-blobs.ts';
import { pushManifestRules } from './push-manifests.ts';
import type { Subject } from './subject.ts';

export type { Subject } from './subject.ts';

/** Everything that a registry must do; `subject` is asked while the tests run, not before. */
export function distributionConformance(subject: Subject): void {
  pullRules(subject);
  pushBlobRules(subject);
  pushManifestRules(subject);
  discoveryRules(subject);
  managementRules(subject);
}
