const base = require('../../jest.config');

/** `npm run test:lab`: needs Java, Maven and half a gigabyte once, so it is no part of `npm test`. */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/lab'],
  testMatch: ['**/*.lab.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/lab/full/'],
  globalSetup: '<rootDir>/test/lab/jest-setup.ts',
  globalTeardown: '<rootDir>/test/lab/jest-teardown.ts',
  testSequencer: '<rootDir>/test/lab/sequencer.js',
  // One Trino serves all, but much of a night on Athena is waiting for answers.
  maxWorkers: 3,
  testTimeout: 120000,
};
