import { nightMetrics } from '../src/core/snapshots/night-metrics';
import { manifestKey } from '../src/core/snapshots/paths';
import { readManifest } from '../src/pipeline/notes';
import { publishSnapshot } from '../src/pipeline/publish-snapshot';
import { runEvent } from './_events';
import { handlerOf } from './_runtime';

export const handler = handlerOf('publish-snapshot', runEvent, async ({ definitions, execution, run }, runtime) => {
  const context = await runtime.context(definitions, execution);
  const published = await publishSnapshot({ run_id: run.run_id }, context);
  const manifest = await readManifest(runtime.ports.store, manifestKey(run.run_id));
  const { time_zone } = context.definitions.project.file;
  runtime.measure(nightMetrics(manifest, { run_date: published.current_run_date }, time_zone));
  return published;
});
