import type { Definitions } from '../core/definitions';
import type { Model } from '../core/models/model';
import { unmappedInline } from '../core/models/unmapped';
import { mappingFlags, ordersAreDerived } from '../core/parameters';
import type { Project } from '../core/project';
import { canonicalJson, sha256 } from '../core/run';
import { scoreReasonModels } from '../core/scores/score-reasons';
import { scoreTermModels } from '../core/scores/score-terms';
import { tonightsStages } from '../core/scores/tonights-stages';
import { compileSegments } from '../core/segments/compile';
import { AUDIENCES_SIDECAR, audiencesSelect, MEMBERSHIPS_SIDECAR, membershipsSelect } from '../core/segments/relations';
import { settingsModels } from '../core/settings/settings-models';
import { type OrderRows, orderRowsModel } from '../core/sources/order-rows';
import { keepsKnownOrders } from '../core/sources/windows';
import { loadModels } from './load-models';
import { definitionsOf, loadProject } from './load-project';
import { productVersion, SQL_FOLDER } from './product';

export { SQL_FOLDER };

/**
 * Reads a project folder and the product's models into everything a run needs to know.
 *
 * @throws DefinitionErrors with all that is wrong in any file.
 */
export async function loadDefinitions(directory: string, sqlFolder = SQL_FOLDER): Promise<Definitions> {
  const project = await loadProject(directory);
  return assembleDefinitions(project, await loadModels(sqlFolder));
}

/** Written models, and those that settings, mapping and segments stand for. */
export function assembleDefinitions(project: Project, written: readonly Model[]): Definitions {
  const models = new Map<string, Model>();
  const mapped = mappedNames(project.file);
  const generated = [
    ...settingsModels(project.file),
    orderRowsModel(orderRows(project)),
    ...tonightsStages(written),
    ...scoreTermModels(written, mapped),
    ...scoreReasonModels(written, mapped),
    ...segmentModels(project, written, mapped),
  ];
  for (const model of [...written.map((one) => keptOrders(unmappedInline(one, project.file), project)), ...generated])
    models.set(model.name, model);
  const texts = [...models.values()].map((model) => [model.name, [model.sql, model.sidecar]] as const);
  const version = productVersion();
  const hash = sha256(canonicalJson({ version, project: definitionsOf(project), models: Object.fromEntries(texts) }));
  return { project, models, product_version: version, hash };
}

/** Orders by number, as a table of their own where returns may give back what a night does not read any more. */
function keptOrders(model: Model, project: Project): Model {
  if (model.name !== 'known_orders' || !keepsKnownOrders(project.file)) return model;
  return { ...model, sidecar: { ...model.sidecar, materialised: 'table' } };
}

function orderRows(project: Project): OrderRows {
  if (ordersAreDerived(project.file)) return 'from_lines';
  return mappingFlags(project.file).has_order_ids ? 'versions' : 'as_they_are';
}

/** Sources that the shop has, and the setting contact if it is made: what columns need. */
function mappedNames(file: Project['file']): ReadonlySet<string> {
  const derived = ordersAreDerived(file) ? ['orders'] : [];
  return new Set([...Object.keys(file.sources), ...derived, ...(file.contact ? ['contact'] : [])]);
}

function segmentModels(project: Project, written: readonly Model[], mapped: ReadonlySet<string>): Model[] {
  const profiles = written.find((model) => model.name === 'customer_profiles');
  if (!profiles) return [];
  const compiled = compileSegments(project.segments, profiles.sidecar.columns, mapped);
  return [
    {
      name: 'segment_hits',
      layer: 'snapshots',
      sql: membershipsSelect(compiled),
      sidecar: { ...MEMBERSHIPS_SIDECAR, materialised: 'inline' },
      file: 'segments/',
    },
    {
      name: 'audience_definitions',
      layer: 'settings',
      sql: audiencesSelect(compiled),
      sidecar: AUDIENCES_SIDECAR,
      file: 'segments/',
    },
  ];
}
