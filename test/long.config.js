const base = require('../jest.config');

/**
 * `npm run test:long`: what would take `npm test` over two minutes. The examples on their public data, beside the checkout
 * (skipped with a message where they are absent), a million orders, nights that
 * reproduce themselves, read in part, predict and are judged, nights that are damaged or refused or race, and `npm run synth` with every bundle.
 */
module.exports = {
  ...base,
  rootDir: '..',
  roots: ['<rootDir>/test'],
  testMatch: [
    '**/test/real/**/*.test.ts',
    '**/test/pipeline/{abstaining,damaged,guard,kill-sweep,knowledge,late-rows,predictions,prospects,races,receipts,receipts-scored,refused,renewed,simply-works,windows}.test.ts',
    '**/test/core/statistics/purchase-recovery.test.ts',
    '**/test/infra/synth.test.ts',
  ],
  testPathIgnorePatterns: ['/node_modules/'],
};
