/** A value as Trino's REST answers give it: dates, decimals and texts are strings; whole numbers beyond 53 bits are, too. */
export type TrinoValue = string | number | boolean | null | TrinoValue[];

export interface TrinoResult {
  columns: { name: string; type: string }[];
  rows: TrinoValue[][];
}

/** What Trino refused a statement with. */
export class TrinoError extends Error {
  override name = 'TrinoError';
  constructor(
    message: string,
    /** Such as DIVISION_BY_ZERO. */
    readonly code: string,
    readonly sql: string,
  ) {
    super(message);
  }
}

interface Answer {
  columns?: { name: string; type: string }[];
  data?: TrinoValue[][];
  nextUri?: string;
  error?: { message: string; errorName: string };
}

export interface TrinoClient {
  /** Runs one statement to its end. @throws TrinoError */
  query(sql: string): Promise<TrinoResult>;
}

/** Trino's statement protocol: post the text, follow `nextUri` until there is none. */
export function trinoClient(url: string, catalog: string, schema: string): TrinoClient {
  const headers = {
    'X-Trino-User': 'lab',
    'X-Trino-Catalog': catalog,
    'X-Trino-Schema': schema,
    'X-Trino-Time-Zone': 'UTC',
  };
  const read = async (response: Response): Promise<Answer> => {
    const text = await response.text();
    if (!response.ok) throw new Error(`Trino answered ${response.status}: ${text.slice(0, 200)}`);
    return JSON.parse(withWholeNumbers(text)) as Answer;
  };
  return {
    async query(sql) {
      const result: TrinoResult = { columns: [], rows: [] };
      let answer = await read(await fetch(`${url}/v1/statement`, { method: 'POST', body: sql, headers }));
      for (;;) {
        if (answer.error) throw new TrinoError(answer.error.message, answer.error.errorName, sql);
        if (answer.columns) result.columns = answer.columns.map(({ name, type }) => ({ name, type }));
        if (answer.data) result.rows.push(...answer.data);
        if (!answer.nextUri) return result;
        answer = await read(await fetch(answer.nextUri, { headers }));
      }
    },
  };
}

/** Puts numbers of 16 digits or more into quotes, so that JSON.parse does not round them. */
export function withWholeNumbers(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d{16,}$/.test(token) ? `"${token}"` : token,
  );
}
