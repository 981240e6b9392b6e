// Ten lines of the AWS SDK in every worker, on Node 20, about what its versions of 2027 will need.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Public data sets and heavy nights: npm run test:long (test/long.config.js).
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/real/',
    '<rootDir>/test/full/',
    '<rootDir>/test/core/statistics/purchase-recovery',
    '<rootDir>/test/pipeline/(abstaining|damaged|guard|kill-sweep|knowledge|late-rows|predictions|prospects|races|receipts|refused|renewed|simply-works|windows)',
    '<rootDir>/test/infra/synth',
  ],
  // The default leaves one core idle, which on two cores is half of the machine.
  maxWorkers: '100%',
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
