import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder with these files; call `remove` when done. */
export function temporaryProject(files: Record<string, string | Buffer>): { directory: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-project-'));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), content);
  }
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

export const PROJECT = `shop: corner
time_zone: Europe/Vienna
currency: EUR
sources:
  orders:
    from: orders.csv
    columns:
      customer_id: id
      ordered_at: day
`;

export const SEGMENT = `name: Recent
description: Bought lately.
owner: crm
when: { field: recency_days, at_most: 30 }
`;
