import type { DefinitionError } from '../core/errors';
import type { Column } from '../core/models/sidecar';
import { compileInto } from '../core/segments/compile';
import { byPlace } from '../project/by-place';
import { type Project, readProject } from '../project/load-project';

/** What `tidemark validate --json` prints. */
export interface ValidationReport {
  valid: boolean;
  project: string;
  sources: string[];
  segments: { key: string; name: string; status: 'draft' | 'live' }[];
  errors: { code: string; file: string | null; line: number | null; found: string; remedy: string }[];
}

export interface Validation {
  report: ValidationReport;
  errors: DefinitionError[];
  /** Present when nothing is wrong. */
  project?: Project;
}

/**
 * Reads everything a project defines and gathers all that is wrong. Touches no data and throws nothing for a wrong
 * definition: the caller exits with 2 unless the report is valid.
 *
 * @param fields the columns segments may use (readSegmentFields).
 */
export async function validateProject(directory: string, fields: readonly Column[]): Promise<Validation> {
  const errors: DefinitionError[] = [];
  const { project, segments, mappedSources } = await readProject(directory, errors);
  // Where the project file does not say which sources are mapped, no field is refused for want of one.
  const mapped = mappedSources ?? fields.flatMap((field) => field.needs ?? []);
  const broken = errors.flatMap(({ place }) => /^segments\/(.+)\.yml$/.exec(place?.file ?? '')?.[1] ?? []);
  compileInto(segments, fields, new Set(mapped), errors, new Set(broken));
  errors.sort(byPlace);
  const report: ValidationReport = {
    valid: errors.length === 0,
    project: directory,
    sources: project ? Object.keys(project.sources).sort() : [],
    segments: segments.map(({ key, name, status }) => ({ key, name, status })),
    errors: errors.map(({ code, place, found, remedy }) => ({
      code,
      file: place?.file ?? null,
      line: place?.line ?? null,
      found,
      remedy,
    })),
  };
  return { report, errors, ...(project && errors.length === 0 ? { project } : {}) };
}

/** What `tidemark validate` prints for a person. */
export function describeValidation({ report, errors }: Validation): string {
  if (report.valid) {
    const drafts = report.segments.filter((segment) => segment.status === 'draft').length;
    const counted = `${count(report.sources.length, 'source')}, ${count(report.segments.length, 'segment')}${drafts > 0 ? ` (${count(drafts, 'draft')})` : ''}`;
    return `${report.project} is valid: ${counted}.`;
  }
  return [...errors.map((error) => error.message), '', `${count(errors.length, 'thing')} to mend.`].join('\n');
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
