#!/usr/bin/env node

// Nothing is built: tsx reads the TypeScript of this checkout, wherever the command is called from.
require('tsx/cjs');
const { main, endUnexpectedly } = require('../src/cli/main.ts');

process.on('uncaughtException', endUnexpectedly);
main(process.argv).then((code) => {
  // Not process.exit: what was written to a pipe must arrive.
  process.exitCode = code;
});
