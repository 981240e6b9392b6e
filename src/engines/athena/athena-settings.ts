import { DefinitionError } from '../../core/errors';
import type { AthenaSettings } from './settings';

/** Options of the commands that work on Athena, as commander leaves them. */
export interface AthenaOptions {
  /** s3://bucket/prefix */
  out?: string;
  workgroup?: string;
  database?: string;
}

/**
 * Where a shop's nights are kept on AWS: from the options, else from TIDEMARK_OUT, TIDEMARK_WORKGROUP and
 * TIDEMARK_DATABASE, else the workgroup `primary` and the database `tidemark`.
 *
 * @throws DefinitionError option_missing or option_invalid, saying which of them and what to write.
 */
export function athenaSettings(options: AthenaOptions, environment: NodeJS.ProcessEnv): AthenaSettings {
  const out = given('out', options.out, environment.TIDEMARK_OUT);
  if (!out) {
    throw new DefinitionError({
      code: 'option_missing',
      found: 'it is not said in which bucket the snapshots are kept',
      remedy: 'add --out s3://bucket/prefix, or set TIDEMARK_OUT to it',
    });
  }
  return {
    ...bucketAndPrefix(out),
    workgroup: checkedWorkgroup(given('workgroup', options.workgroup, environment.TIDEMARK_WORKGROUP)),
    database: checkedDatabase(given('database', options.database, environment.TIDEMARK_DATABASE)),
  };
}

interface Given {
  /** As a person knows it: `--out` or `TIDEMARK_OUT`. */
  name: string;
  text: string;
}

/** An empty variable is an unset one. */
function given(name: string, option: string | undefined, variable: string | undefined): Given | undefined {
  if (option !== undefined) return { name: `--${name}`, text: option };
  return variable ? { name: `TIDEMARK_${name.toUpperCase()}`, text: variable } : undefined;
}

function bucketAndPrefix(out: Given): Pick<AthenaSettings, 'bucket' | 'prefix'> {
  const parts = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(out.text);
  if (!parts) throw invalid(out, 'is no place on S3', 'write it as s3://bucket/prefix');
  const bucket = parts[1] as string;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..')) {
    throw invalid(
      out,
      'names no bucket',
      'write s3://bucket/prefix with a bucket of 3 to 63 small letters, digits, dots and hyphens',
    );
  }
  const prefix = (parts[2] ?? '').replace(/\/$/, '');
  if (prefix === '') return { bucket, prefix: '' };
  // Athena takes locations as they stand, the S3 API encodes them: only characters that mean the same in both.
  if (prefix.split('/').some((part) => !/^[A-Za-z0-9_.=-]+$/.test(part) || /^\.+$/.test(part))) {
    throw invalid(
      out,
      'has a prefix that S3 and Athena may read differently',
      'write folders of letters, digits, and _ . = - with one / between them',
    );
  }
  return { bucket, prefix: `${prefix}/` };
}

function checkedWorkgroup(workgroup: Given | undefined): string {
  if (!workgroup) return 'primary';
  if (/^[A-Za-z0-9._-]{1,128}$/.test(workgroup.text)) return workgroup.text;
  throw invalid(workgroup, 'is no name of a workgroup', 'write up to 128 letters, digits, and . _ -');
}

function checkedDatabase(database: Given | undefined): string {
  if (!database) return 'tidemark';
  if (/^[a-z_][a-z0-9_]{0,127}$/.test(database.text)) return database.text;
  throw invalid(
    database,
    'is no name of a database',
    'write small letters, digits and _, beginning with a letter, such as tidemark',
  );
}

function invalid(option: Given, found: string, remedy: string): DefinitionError {
  return new DefinitionError({
    code: 'option_invalid',
    found: `${option.name} ${JSON.stringify(option.text)} ${found}`,
    remedy,
  });
}
