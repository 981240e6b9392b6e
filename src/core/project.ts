import type { ProjectFile, SourceFile, SourceLocation } from './project-file';
import type { SegmentDefinition } from './segments/definition';
import type { SourceName } from './sources/contract';

/** One mapped source: what the file says of it, and where its relations lie. */
export interface ProjectSource {
  name: SourceName;
  mapping: SourceFile;
  /** Where the rows lie; absent where a query makes them. */
  location?: SourceLocation;
  /** The query and what it reads, by the names it uses. */
  query?: { file: string; sql: string; inputs: Record<string, SourceLocation> };
}

/** A project folder as read. */
export interface Project {
  /** Absolute. */
  directory: string;
  file: ProjectFile;
  sources: Partial<Record<SourceName, ProjectSource>>;
  /** Sorted by key; not yet checked against fields (compileSegments). */
  segments: SegmentDefinition[];
}
