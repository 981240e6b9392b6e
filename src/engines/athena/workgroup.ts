import { type AthenaClient, GetWorkGroupCommand, type WorkGroupConfiguration } from '@aws-sdk/client-athena';
import { EngineError } from '../../core/errors';
import { mapAwsError } from './errors';
import type { AthenaSettings } from './settings';
import { resultsOf } from './write';

/** The only one whose functions the SQL keeps to. */
const ENGINE_VERSION = 'Athena engine version 3';

/**
 * Looks at the settings of a workgroup.
 *
 * @returns what nights can live with, and should not: each as an error that nobody throws.
 * @throws EngineError workgroup_missing, workgroup_disabled, engine_version or access_denied.
 */
export async function inspectWorkgroup(athena: AthenaClient, settings: AthenaSettings): Promise<EngineError[]> {
  const { workgroup } = settings;
  const { WorkGroup } = await athena.send(new GetWorkGroupCommand({ WorkGroup: workgroup })).catch((error: unknown) => {
    throw mapAwsError(error, { workgroup, action: 'athena:GetWorkGroup' });
  });
  if (WorkGroup?.State === 'DISABLED') {
    throw new EngineError({
      code: 'workgroup_disabled',
      found: `workgroup ${workgroup} is disabled`,
      remedy: 'enable it in Athena, or name another one with --workgroup or TIDEMARK_WORKGROUP',
    });
  }
  const configuration = WorkGroup?.Configuration ?? {};
  const version = configuration.EngineVersion?.EffectiveEngineVersion;
  if (version !== ENGINE_VERSION) {
    throw new EngineError({
      code: 'engine_version',
      found: `workgroup ${workgroup} runs ${version ?? 'an engine version that it does not tell'}`,
      remedy: `set its engine version to ${ENGINE_VERSION}: the SQL is written and tested for that one`,
    });
  }
  return [...limitProblems(configuration, settings), ...resultProblems(configuration, settings)];
}

function limitProblems(
  { BytesScannedCutoffPerQuery }: WorkGroupConfiguration,
  { workgroup }: AthenaSettings,
): EngineError[] {
  if (BytesScannedCutoffPerQuery) return [];
  return [
    new EngineError({
      code: 'workgroup_without_limit',
      found: `workgroup ${workgroup} lets one query read any number of bytes`,
      remedy:
        'set BytesScannedCutoffPerQuery, in the console "data usage control" of a query: a slip in a mapping then costs no more than that',
    }),
  ];
}

function resultProblems(configuration: WorkGroupConfiguration, settings: AthenaSettings): EngineError[] {
  const { workgroup } = settings;
  if (!configuration.EnforceWorkGroupConfiguration) {
    return [
      new EngineError({
        code: 'workgroup_not_enforced',
        found: `workgroup ${workgroup} lets every client say where results go and how they are encrypted`,
        remedy: `let it override the settings of clients, with ${resultsOf(settings)} as the place of results`,
      }),
    ];
  }
  const { OutputLocation } = configuration.ResultConfiguration ?? {};
  if (OutputLocation && `${OutputLocation.replace(/\/$/, '')}/`.startsWith(resultsOf(settings))) return [];
  return [
    new EngineError({
      code: 'workgroup_results_elsewhere',
      found: `workgroup ${workgroup} leaves results of queries ${OutputLocation ? `at ${OutputLocation}` : 'in a store of Athena'}`,
      remedy: `set ${resultsOf(settings)} as its place of results: there nights may write, and results are deleted after two weeks where a deployment made the bucket`,
    }),
  ];
}
