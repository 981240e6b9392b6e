import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const BIN = resolve(__dirname, '../../bin/tidemark.js');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The real command in a process of its own; `onStderr` sees everything said so far. */
export function runCli(
  args: readonly string[],
  options: { env?: Record<string, string>; onStderr?: (text: string, child: ChildProcess) => void } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, ...options.env } });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    ended.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    ended.stderr += chunk;
    options.onStderr?.(ended.stderr, child);
  });
  return new Promise((done) => child.on('close', (code) => done({ ...ended, code })));
}

/** A project folder of its own with these files. */
export function writeProject(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-cli-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export function projectFile(extra = ''): string {
  return `shop: test-shop
time_zone: Europe/Vienna
currency: EUR
not_customers: [till]
sources:
  orders:
    from: orders.csv
${extra}    columns:
      order_id: id
      customer_id: buyer
      ordered_at: day
      amount: total
`;
}

export const ORDERS = `id,buyer,day,total
1,anna,2025-01-03,20.00
2,anna,2025-02-03,30.00
3,anna,2025-03-04,25.50
4,bert,2025-03-05,10.00
5,till,2025-03-05,99.00
6,,2025-03-06,12.00
6b,cleo,2025-03-06,45.00
7,cleo,2025-03-07,40.00
7,cleo,2025-03-07,40.00
`;

export const SEGMENT = `name: Regulars
description: Bought on two days or more.
owner: crm
when: { field: purchase_days, at_least: 2 }
`;
