/**
 * How the functions are bundled: each on its own, with all it needs, for Node 24. The SDK is carried along rather than taken
 * from the runtime: only the calls that are used come along, and their version is the one that was tested
 * (docs/decisions/0006-one-loop-of-models.md has the figures of both).
 */
export const BUNDLING = {
  target: 'node24',
  // Packages in the older module format ask for Node's own modules by require.
  banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  define: { __dirname: 'import.meta.dirname' },
} as const;
