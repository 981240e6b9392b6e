import type { ModelSet } from './models/graph';
import type { Project } from './project';

/** Everything a run reads that people write: pinned by the first step, the same for every later one. */
export interface Definitions {
  project: Project;
  models: ModelSet;
  product_version: string;
  /** sha256 of all of the above. */
  hash: string;
}
