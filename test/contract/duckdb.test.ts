import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { openLocalStore } from '../../src/engines/duckdb/object-store';
import { openDuckDbEngine } from '../../src/engines/duckdb/query-engine';
import type { QueryEngine, Row } from '../../src/ports/query-engine';
import { temporaryFolder } from '../support/shop';
import { objectStoreContract } from './object-store';
import { queryEngineContract } from './query-engine';

describe('a local folder keeps the contract of an object store', () => {
  let root: string;
  beforeEach(() => {
    root = temporaryFolder();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  objectStoreContract(() => openLocalStore(root));
});

describe('DuckDB keeps the contract of a query engine', () => {
  const root = temporaryFolder();
  let engine: QueryEngine;
  beforeAll(async () => {
    engine = await openDuckDbEngine({ root, memoryLimit: '300MB', threads: 1 });
  });
  afterAll(async () => {
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  });
  queryEngineContract(
    () => engine,
    async (prefix) => {
      const rows: Row[] = [];
      for (const file of readdirSync(join(root, prefix)))
        rows.push(
          ...((await parquetReadObjects({
            file: await asyncBufferFromFile(join(root, prefix, file)),
            compressors,
          })) as Row[]),
        );
      return rows;
    },
  );
});
