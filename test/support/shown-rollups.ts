import type { Definitions } from '../../src/core/definitions';
import type { Model } from '../../src/core/models/model';
import { placeholders } from '../../src/core/models/render';
import { sidecarSchema } from '../../src/core/models/sidecar';
import { canonicalJson, sha256 } from '../../src/core/run';

/** A public table with every row of a rollup: what is public has a content hash in the manifest. */
function shown({ name, sidecar }: Model): Model {
  const columns = sidecar.columns.map((column) => column.name).join(',\n    ');
  return {
    name: `shown_${name}`,
    layer: 'snapshots',
    sql: `with\n\nfinal as (\n  select\n    ${columns}\n  from {{ ref('${name}') }} as ${name}\n)\n\nselect * from final`,
    sidecar: sidecarSchema.parse({
      description: `Rows of ${name}.`,
      materialised: 'table',
      public: true,
      unique_key: [],
      columns: sidecar.columns,
    }),
    file: `shown_${name}.sql`,
  };
}

/** The product's own staging and rollups, and nothing behind them: all of a night that can read a source in part. */
export function shownRollups(definitions: Definitions): Definitions {
  const models = new Map<string, Model>();
  const keep = (name: string): void => {
    const found = definitions.models.get(name.split('@')[0] as string);
    if (!found || models.has(found.name)) return;
    models.set(found.name, found);
    for (const use of placeholders(found.sql)) if (use.kind === 'ref') keep(use.argument);
  };
  const rollups = [...definitions.models.values()].filter(({ layer }) => layer === 'rollups');
  for (const rollup of rollups) {
    keep(rollup.name);
    models.set(`shown_${rollup.name}`, shown(rollup));
  }
  return { ...definitions, models, hash: sha256(canonicalJson([definitions.hash, 'shown rollups'])) };
}
