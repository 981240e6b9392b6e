/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // hyparquet ships ES modules only; it is the independent Parquet reader of the tests.
  transformIgnorePatterns: ['/node_modules/(?!(hyparquet|hyparquet-compressors|fzstd|hysnappy)/)'],
  testTimeout: 30000,
};
