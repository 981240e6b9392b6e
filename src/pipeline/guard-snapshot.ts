import { daysBetween } from '../core/dates';
import { CheckFailedError } from '../core/errors';
import type { RunPlan } from '../core/run';
import { segmentsMovedBy } from '../core/segments/moved';
import { describeFinding, type GateFigures, judgeGate } from '../core/snapshots/gate';
import type { AudienceCounts, Gate, Manifest } from '../core/snapshots/manifest';
import { gateKey, tableOf } from '../core/snapshots/paths';
import type { SourceWindow } from '../core/sources/relation';
import type { StepContext } from './context';
import { demandModelNote, type GateNote, json, type ModelNote, readManifest, readModelNote, readPlan } from './notes';
import { plannedNodes } from './planned-nodes';
import { nothingSpent, readRows, type Spent } from './query';

export interface GuardInput {
  run_id: string;
  /** Publishes also what the gate would hold back. */
  accept?: boolean | undefined;
}

export interface GuardedSnapshot {
  run_id: string;
  outcome: Gate['outcome'];
}

/**
 * The gate before publishing. What was found is noted; publishing reads that note and is impossible without.
 *
 * @throws CheckFailedError gate_closed, naming each number and how to accept it. Nothing is published, the pointer stays.
 */
export async function guardSnapshot({ run_id, accept }: GuardInput, context: StepContext): Promise<GuardedSnapshot> {
  const { store } = context.ports;
  const plan = await readPlan(store, run_id);
  const base = plan.base ? await readManifest(store, plan.base.manifest) : undefined;
  const spent = nothingSpent();
  const audiences = await audienceCounts(plan, context, spent);
  const verdict = judgeGate({
    settings: context.definitions.project.file.guard,
    nights: base ? Math.max(1, daysBetween(base.run_date, plan.run_date)) : 1,
    now: await figuresOf(plan, audiences, context),
    base: base && publishedFigures(base),
    renewed: base ? await renewedAudiences(plan, base, context) : new Set(),
  });
  const outcome = verdict.outcome === 'closed' && accept === true ? 'accepted' : verdict.outcome;
  await store.put(gateKey(run_id), json({ ...verdict, outcome, audiences, spent } satisfies GateNote));
  if (outcome === 'closed') throw closed(plan, verdict, context);
  return { run_id, outcome };
}

function closed(
  plan: RunPlan,
  verdict: Pick<Gate, 'findings' | 'nights'>,
  { definitions }: StepContext,
): CheckFailedError {
  const { share_per_night } = definitions.project.file.guard;
  const since = `${plan.base?.run_date}, ${verdict.nights === 1 ? '1 night' : `${verdict.nights} nights`} ago`;
  return new CheckFailedError({
    code: 'gate_closed',
    place: { key: plan.run_id },
    found: [
      `the night of ${plan.run_date} moves further than ${(share_per_night * 100).toFixed(0)} % a night since ${since}; nothing is published:`,
      ...verdict.findings.map((finding) => `    ${describeFinding(finding)}`),
    ].join('\n'),
    remedy: `if that is right, publish what is computed: tidemark run --run-date ${plan.run_date} --accept, on AWS the input { "run_date": "${plan.run_date}", "accept": true }; else mend the sources and run again`,
  });
}

const windowOf = (window: SourceWindow | undefined): SourceWindow | null =>
  window?.from === undefined ? null : window;

async function figuresOf(plan: RunPlan, audiences: AudienceCounts[], { ports }: StepContext): Promise<GateFigures> {
  const sources: Record<string, GateFigures['sources'][string]> = {};
  for (const name of Object.keys(plan.sources)) {
    const staged = await readModelNote(ports.store, plan.run_id, `stg_${name}`);
    if (!staged) continue;
    const watermark = (staged.facts.watermark as string | null | undefined) ?? null;
    sources[name] = { rows: staged.rows, window: windowOf(plan.windows[name]), watermark };
  }
  const people = await readModelNote(ports.store, plan.run_id, 'people');
  return { people: people?.rows, audiences, sources };
}

function publishedFigures({ tables, audiences, sources }: Manifest): GateFigures {
  return { people: tables.find((table) => table.name === 'people')?.rows, audiences, sources };
}

/** Cut points, curves and fits that base had and this run has made anew; those made anew every night move nothing more. */
async function renewedTables(plan: RunPlan, base: Manifest, { ports }: StepContext): Promise<string[]> {
  const renewed: string[] = [];
  for (const [name, table] of Object.entries(base.parameters)) {
    const note = plan.inherited[name] ? undefined : await readModelNote(ports.store, plan.run_id, name);
    if (note && !(table.provisional && note.facts.is_provisional === 'true')) renewed.push(name);
  }
  return renewed;
}

async function renewedAudiences(plan: RunPlan, base: Manifest, context: StepContext): Promise<ReadonlySet<string>> {
  const { models, project } = context.definitions;
  const fields = models.get('customer_profiles')?.sidecar.columns ?? [];
  return segmentsMovedBy(await renewedTables(plan, base, context), project.segments, fields);
}

/** Counted from the very files that are published. */
async function audienceCounts(plan: RunPlan, context: StepContext, spent: Spent): Promise<AudienceCounts[]> {
  const node = plannedNodes(plan, context).find(({ id }) => id === 'audiences');
  if (!node) return [];
  const note: ModelNote = await demandModelNote(context.ports.store, plan.run_id, node.id);
  const { columns } = node.model.sidecar;
  const relation = context.ports.catalog.relation(tableOf(node.id), columns, [{ prefix: note.prefix }]);
  const rows = await readRows(
    context.ports.engine,
    `select id, name, status, definition_hash, member_count, entered_count, left_count from ${relation} as audiences order by id`,
    spent,
  );
  return rows.map((row) => ({
    id: String(row.id),
    name: String(row.name),
    status: String(row.status),
    definition_hash: String(row.definition_hash),
    member_count: Number(row.member_count),
    entered_count: Number(row.entered_count),
    left_count: Number(row.left_count),
  }));
}
